"""Support vector machine in NumPy: the widest margin, in the space of a kernel."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import check_choice
from .class_weight import encoded_classes, row_weights
from .platt import couple, fit_sigmoid, folds
from .svm_dual import KernelMachine


@dataclass(eq=False, repr=False, kw_only=True)
class SVM(ClassifierMixin, KernelMachine):
    r"""The boundary with the widest margin, some rows allowed on its wrong side (soft margin).

    .. math::
        \max_\alpha\; \sum_i \alpha_i
        - \tfrac12 \sum_{i,j} \alpha_i \alpha_j y_i y_j K(x_i, x_j), \qquad
        0 \le \alpha_i \le C w_i, \quad \sum_i \alpha_i y_i = 0

    with :math:`y = \pm 1`; it decides by :math:`f(x) = \sum_i \alpha_i y_i K(x_i, x) + b`.  Rows
    with :math:`\alpha_i > 0` are the support vectors.  More classes than two: one machine for each
    pair, and a vote; of equal votes, the larger confidence wins.  Scale the columns first.

    Parameters
    ----------
    {kernel_settings}
    probability : bool, default False
        Learn ``predict_proba`` too: a sigmoid on decision values of rows left out, five-fold.
    class_weight : None, "balanced" or dict {label: weight > 0}, default None
        Weights of the classes, times those of the rows; "balanced" makes their totals equal.
    decision_function_shape : {"ovr", "ovo"}, default "ovr"
        A column for each class, or for each pair of classes.
    random_state : int, Generator or None, default None
        Seed of the folds of ``probability``.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels, sorted.
    support_, support_vectors_ : ndarray of int, shape (s,), and of shape (s, d)
        The rows with :math:`\alpha > 0`, class by class.
    n_support_ : ndarray of int, shape (K,)
        Their number in each class.
    dual_coef_ : ndarray of shape (K - 1, s)
        :math:`\alpha y` against each of the other classes, in scikit-learn's layout.
    intercept_ : ndarray of shape (K (K - 1) / 2,)
        b of each pair.
    dual_objective_ : ndarray of shape (K (K - 1) / 2,)
        The maximum reached, of each pair.
    gamma_ : float
        The :math:`\gamma` used.
    sigmoids_ : ndarray of shape (K (K - 1) / 2, 2)
        With ``probability``: A and B of :math:`1 / (1 + e^{A f + B})`, of each pair.
    n_iter_ : ndarray of int, shape (K (K - 1) / 2,)
        Steps of each pair.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` or ``y`` not finite or of the wrong shape; one class only; a class whose rows all
        weigh 0; a parameter outside its range; a callable kernel of another shape.

    References
    ----------
    Cortes, C. and Vapnik, V. (1995). Support-vector networks. Machine Learning 20, 273-297.
    doi:10.1007/BF00994018

    Chang, C.-C. and Lin, C.-J. (2011). LIBSVM: a library for support vector machines. ACM Trans.
    Intell. Syst. Technol. 2(3), 27. doi:10.1145/1961189.1961199
    """

    probability: bool = False
    class_weight: dict | str | None = None
    decision_function_shape: str = "ovr"
    random_state: object = None

    def fit(self, X, y, sample_weight=None):
        """Learn from ``X`` (n, d) and labels ``y`` (n,); a row of weight w costs ``C`` w."""
        self._check_params()
        check_choice("decision_function_shape", self.decision_function_shape, ("ovr", "ovo"))
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes, codes = encoded_classes(y)
        w = row_weights(X, codes, classes, self.class_weight, sample_weight)
        self.gamma_ = self._gamma_of(X, row_weights(X, codes, classes, None, sample_weight))
        pairs = list(combinations(range(len(classes)), 2))
        fits = [self._fit_pair(X, codes, w, *pair) for pair in pairs]
        self._keep(X, codes, classes, pairs, fits)
        vars(self).pop("sigmoids_", None)
        if self.probability:
            fold = folds(codes, np.random.default_rng(self.random_state))
            self.sigmoids_ = np.array([self._sigmoid(X, codes, w, fold, *p) for p in pairs])
        return self

    def decision_function(self, X):
        """f(x): shape (n,); of more classes than two (n, K), or (n, pairs) for "ovo"."""
        f = self._decisions(self._check_fitted_X(X), self._pair_coef())
        if len(self.classes_) == 2:
            return f[:, 0]
        return f if self.decision_function_shape == "ovo" else self._votes(f)

    def predict(self, X):
        """The class of each row of ``X`` (n, d): shape (n,)."""
        f = self._decisions(self._check_fitted_X(X), self._pair_coef())
        two = len(self.classes_) == 2
        return self.classes_[(f[:, 0] > 0).astype(int) if two else self._votes(f).argmax(1)]

    @available_if(lambda self: self.probability)
    def predict_proba(self, X):
        """The probability of each class for each row of ``X`` (n, d): shape (n, K)."""
        X = self._check_fitted_X(X)
        if not hasattr(self, "sigmoids_"):
            raise ValueError("probability was False when this was fitted: call fit again")
        slope, shift = self.sigmoids_.T
        p = np.exp(-np.logaddexp(0, slope * self._decisions(X, self._pair_coef()) + shift))
        if len(self.classes_) == 2:
            return np.column_stack([1 - p, p])
        k = len(self.classes_)
        R, p = np.zeros((len(p), k, k)), p.clip(1e-7, 1 - 1e-7)
        for (i, j), column in zip(combinations(range(k), 2), p.T):
            R[:, i, j], R[:, j, i] = column, 1 - column
        return couple(R)

    @property
    def coef_(self):
        """Of ``kernel="linear"``: f(x) = ``coef_`` x + b, shape (K (K - 1) / 2, d)."""
        if self.kernel != "linear":
            raise AttributeError('only kernel="linear" has coef_')
        check_is_fitted(self)
        return self._pair_coef().T @ self.support_vectors_

    def _fit_pair(self, X, codes, w, i, j):
        """alpha y of the rows of two classes; the later of two is +1, the earlier of more is."""
        rows = np.flatnonzero((codes == i) | (codes == j))
        positive = codes[rows] == (j if codes.max() == 1 else i)
        t, limit = np.where(positive, 1.0, -1.0)[None], self.C * w[rows]
        lo, hi = np.where(positive, 0, -limit)[None], np.where(positive, limit, 0)[None]
        beta, *rest = self._maximise(self._to_backend(X[rows]), t, lo, hi)
        return rows, beta[0], *rest

    def _keep(self, X, codes, classes, pairs, fits):
        coef = np.zeros((len(classes) - 1, len(X)))
        for (i, j), (rows, beta, *_) in zip(pairs, fits):
            of_i = codes[rows] == i
            coef[j - 1, rows[of_i]], coef[i, rows[~of_i]] = beta[of_i], beta[~of_i]
        support = np.flatnonzero(coef.any(0))
        self.classes_ = classes
        self.support_ = support[np.argsort(codes[support], kind="stable")]
        self.support_vectors_ = X[self.support_]
        self.n_support_ = np.bincount(codes[support], minlength=len(classes))
        self.dual_coef_ = coef[:, self.support_]
        self.intercept_, self.dual_objective_, self.n_iter_ = map(
            np.array, zip(*(rest for _, _, *rest in fits))
        )

    def _pair_coef(self):
        """alpha y of each support vector in each pair: shape (s, pairs)."""
        k = len(self.classes_)
        owner = np.repeat(np.arange(k), self.n_support_)
        columns = []
        for i, j in combinations(range(k), 2):
            column = np.where(owner == i, self.dual_coef_[j - 1], 0)
            columns.append(np.where(owner == j, self.dual_coef_[i], column))
        return np.array(columns).T

    def _votes(self, f):
        """Won pairs, and a third at most for the sum of f, so that it decides among equals."""
        k = len(self.classes_)
        votes, confidence = np.zeros((len(f), k)), np.zeros((len(f), k))
        for (i, j), column in zip(combinations(range(k), 2), f.T):
            votes[:, i] += column > 0
            votes[:, j] += column <= 0
            confidence[:, i] += column
            confidence[:, j] -= column
        return votes + confidence / (3 * (abs(confidence) + 1))

    def _sigmoid(self, X, codes, w, fold, i, j):
        """A and B of a pair, from decision values of machines that did not see the row."""
        pair = (codes == i) | (codes == j)
        machine = clone(self).set_params(gamma=self.gamma_, probability=False, class_weight=None)
        positive = j if codes.max() == 1 else i
        f = np.zeros(len(X))
        for k in range(fold.max() + 1):
            left_out, seen = pair & (fold == k), pair & (fold != k) & (w > 0)
            if len(np.unique(codes[seen])) == 2:
                machine.fit(X[seen], codes[seen], w[seen])
                f[left_out] = machine.decision_function(X[left_out])
            else:  # all that is left is of one class
                f[left_out] = 1 if (codes[seen] == j).all() else -1
        return fit_sigmoid(f[pair] if positive == j else -f[pair], codes[pair] == positive)
