"""How many components?  Parallel analysis, and the error of cells that the model has not seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .inputs import check_share, patient_codes


@dataclass(frozen=True, eq=False)
class ParallelAnalysis:
    """Eigenvalues beside those of columns without any correlation; by ``parallel_analysis``.

    Attributes
    ----------
    eigenvalues : ndarray of shape (d,)
        Of the correlation matrix, descending; their mean is 1.
    threshold : ndarray of shape (d,)
        The quantile of the same eigenvalue over the permutations.
    n_components : int
        How many eigenvalues, counted from the first, are above their threshold before one is not.
    """

    eigenvalues: np.ndarray
    threshold: np.ndarray
    n_components: int


def parallel_analysis(
    X: ArrayLike,
    n_permutations: int = 200,
    level: float = 0.95,
    random_state: int | np.random.Generator | None = 0,
) -> ParallelAnalysis:
    r"""Which components vary more than those of unrelated columns would by chance?

    Every column is shuffled by itself, which keeps its values and removes all correlation; the
    j-th eigenvalue of the correlation matrix, :math:`\lambda_j`, must exceed the ``level``
    quantile of the j-th one after shuffling.  Horn drew normal numbers instead of shuffling.

    Parameters
    ----------
    X : array-like of shape (n, d), n ≥ 3, d ≥ 2
        One row a patient; units do not matter, columns are scaled here.
    n_permutations : int ≥ 20
    level : float between 0 and 1
    random_state : int, Generator or None

    Raises
    ------
    ValueError
        X not finite, too small, or with a constant column; a parameter outside its range.

    References
    ----------
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
    Psychometrika 30(2), 179-185. doi:10.1007/BF02289447

    Buja, A. and Eyuboglu, N. (1992). Remarks on parallel analysis. Multivariate Behavioral
    Research 27(4), 509-540. doi:10.1207/s15327906mbr2704_2
    """
    X = _table(X)
    check_share("level", level)
    if n_permutations < 20:
        raise ValueError(f"n_permutations must be at least 20, got {n_permutations!r}")
    rng = np.random.default_rng(random_state)
    Z = (X - X.mean(0)) / X.std(0)
    chance = [_eigenvalues(rng.permuted(Z, axis=0)) for _ in range(n_permutations)]
    eigenvalues, threshold = _eigenvalues(Z), np.quantile(chance, level, axis=0)
    above = np.append(eigenvalues > threshold, False)
    return ParallelAnalysis(eigenvalues, threshold, int(above.argmin()))


def cross_validated_reconstruction(
    X: ArrayLike,
    n_folds: int = 10,
    most: int | None = None,
    patient_ids: ArrayLike | None = None,
    random_state: int | np.random.Generator | None = 0,
) -> np.ndarray:
    r"""How well k components tell one measurement of a new patient from the other ones.

    Components are learned from other patients.  To project a whole row and compare it with itself
    is no test: the error falls with every component.  So each cell is predicted from the other
    cells of its row, by least squares on the components, for which a formula exists:

    .. math::
        x_j - \hat x_j^{(-j)} = \frac{r_j}{1 - h_j}, \qquad
        r = x - V_k V_k^\top x, \qquad h_j = \sum_{c \le k} V_{jc}^2

    with x centred and scaled by the training rows.

    Parameters
    ----------
    X : array-like of shape (n, d), n ≥ 3, d ≥ 2
    n_folds : int ≥ 2
    most : int between 1 and d - 1, or None
        The largest k; None: min(d - 1, 20, the smallest number of training rows less one).
    patient_ids : array-like of shape (n,) or None
        Whose each row is: a patient's rows stay in one fold; None: every row another patient.
    random_state : int, Generator or None

    Returns
    -------
    ndarray of shape (most + 1,)
        Mean squared error with 0, 1, ... components, in squared standard deviations: about 1 for
        0 components.

    Raises
    ------
    ValueError
        X not finite, too small, or with a column that is constant in some training rows; a
        parameter outside its range; fewer patients than folds.

    References
    ----------
    Bro, R., Kjeldahl, K., Smilde, A. K. and Kiers, H. A. L. (2008). Cross-validation of component
    models: a critical look at current methods. Anal. Bioanal. Chem. 390, 1241-1251.
    doi:10.1007/s00216-007-1790-1
    """
    X = _table(X)
    n, d = X.shape
    codes, n_patients = patient_codes(np.arange(n) if patient_ids is None else patient_ids, n)
    if not 2 <= n_folds <= n_patients:
        raise ValueError(
            f"n_folds must be between 2 and the number of patients, {n_patients}, got {n_folds!r}"
        )
    rng = np.random.default_rng(random_state)
    fold = (rng.permutation(n_patients) % n_folds)[codes]
    fewest = n - np.bincount(fold).max()
    limit = min(d - 1, fewest - 1)
    most = min(limit, 20) if most is None else most
    if not 1 <= most <= limit:
        raise ValueError(f"most must be between 1 and {limit}, got {most!r}")
    return sum(_squared_errors(X[fold != f], X[fold == f], most) for f in range(n_folds)) / X.size


def _squared_errors(train, test, most):
    """Sum of squared errors of the cells of ``test`` with 0 to ``most`` components."""
    mean, sd = train.mean(0), train.std(0)
    if not sd.all():
        raise ValueError(f"column {sd.argmin()} is constant in the training rows of a fold")
    V = np.linalg.svd((train - mean) / sd, full_matrices=False)[2]
    x, sums = (test - mean) / sd, []
    for k in range(most + 1):
        r, free = x - x @ V[:k].T @ V[:k], 1 - np.sum(V[:k] ** 2, 0)
        known = free > 1e-10  # else the other cells say nothing about this one: forecast its mean
        error = np.where(known, r / np.where(known, free, 1), x)
        sums.append(np.vdot(error, error))
    return np.array(sums)


def _eigenvalues(Z):
    """Of the correlation matrix of the scaled columns, descending."""
    return np.linalg.eigvalsh(Z.T @ Z / len(Z))[::-1]


def _table(X):
    X = np.asarray(X, np.float64)
    if X.ndim != 2 or X.shape[0] < 3 or X.shape[1] < 2:
        raise ValueError(f"X must have at least 3 rows and 2 columns, got shape {X.shape}")
    if not np.isfinite(X).all():
        raise ValueError("X holds NaN or infinity: leave these rows out, or impute them first")
    constant = np.flatnonzero(np.ptp(X, axis=0) == 0)
    if len(constant):
        raise ValueError(f"column {constant[0]} is constant: it varies with nothing, leave it out")
    return X
