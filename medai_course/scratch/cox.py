"""Who lives longer?  Cox's proportional hazards model in NumPy."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from . import partial_likelihood
from .base import Estimator, check_choice, check_positive
from .survival import _normal_quantile, survival_outcome


class CoxPH(Estimator):
    r"""Hazard :math:`h(t \mid x) = h_0(t)\, e^{x^\top\beta}`, with any baseline :math:`h_0`.

    Each event asks: of those still at risk, why this one?  That is the partial likelihood

    .. math::
        \ell(\beta) = \sum_{\text{events } i} \Bigl[ x_i^\top \beta - \log \Bigl(
            \sum_{j: t_j \ge t_i} e^{x_j^\top \beta}
            - f_i \sum_{\text{events } j: t_j = t_i} e^{x_j^\top \beta} \Bigr) \Bigr]

    maximised by Newton's method, with a ridge penalty :math:`\frac{\alpha}{2}\lVert\beta\rVert^2`.
    Of d events tied at one time the first has :math:`f = 0`, the next :math:`1/d`, and so on to
    :math:`(d-1)/d` (Efron), as if they had left one by one; or all have 0 (Breslow).

    Parameters
    ----------
    ties : {"efron", "breslow"}, default "efron"
        How tied events share a risk set.  Efron is the more accurate where ties are many.
    alpha : float ≥ 0, default 0.0
        Ridge penalty, per squared unit of ``coef_``; scale the columns of ``X`` before you use it.
    max_iter : int ≥ 1, default 100
        Most Newton steps.
    tol : float > 0, default 1e-6
        Newton stops after a step shorter than this, in standard errors; its error is the square.
    conf_level : float between 0 and 1, default 0.95
        Level of the Wald intervals.

    Attributes
    ----------
    coef_ : ndarray of shape (d,)
        :math:`\beta`: log hazard ratio per unit of the feature.
    std_error_ : ndarray of shape (d,)
        Of ``coef_``, from the inverse of the (penalised) information; NaN for a constant column.
    hazard_ratios_, hazard_ratio_intervals_ : ndarray of shape (d,), and of shape (d, 2)
        :math:`e^\beta` and :math:`e^{\beta \pm z\,\mathrm{se}}`.
    event_times_ : ndarray of shape (m,)
        Different times of events, ascending.
    baseline_cumulative_hazard_ : ndarray of shape (m,)
        Breslow's estimate of :math:`H_0` at ``event_times_``, for a patient whose x is 0.
    last_time_ : float
        The longest time seen, of an event or of censoring.
    loss_curve_ : list of float
        :math:`-\ell` plus the penalty before and after each Newton step; without a penalty twice
        its fall is the likelihood-ratio statistic.
    n_iter_ : int
        Newton steps taken.

    Raises
    ------
    ValueError
        No event; a time negative; ``X`` or ``y`` not finite or of the wrong shape; a parameter
        outside its range.

    Warns
    -----
    UserWarning, or ConvergenceWarning
        Columns of ``X`` are constant or linearly dependent; a hazard ratio grows without bound,
        because a feature separates early events from the rest.

    References
    ----------
    Cox, D. R. (1972). Regression models and life-tables. J. R. Stat. Soc. B 34(2), 187-202.
    doi:10.1111/j.2517-6161.1972.tb00899.x

    Efron, B. (1977). The efficiency of Cox's likelihood function for censored data. J. Am. Stat.
    Assoc. 72(359), 557-565. doi:10.1080/01621459.1977.10480613

    Breslow, N. (1974). Covariance analysis of censored survival data. Biometrics 30(1), 89-99.
    doi:10.2307/2529620
    """

    def __init__(self, ties="efron", alpha=0.0, max_iter=100, tol=1e-6, conf_level=0.95):
        self.ties = ties
        self.alpha = alpha
        self.max_iter = max_iter
        self.tol = tol
        self.conf_level = conf_level

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = tags.target_tags.positive_only = True
        return tags

    def fit(self, X, y):
        """Learn from ``X`` (n, d) and the outcomes ``y``, one array as for ``survival_outcome``."""
        self._check_params()
        X, time, event = self._check_outcome(X, y, reset=True)
        order, risk = partial_likelihood.risk_sets(time, event, self.ties)
        X, mean, scale = _standardise(X[order])
        inputs = self._to_backend(X, self.alpha / scale**2, *risk)
        beta, variance = self._newton(inputs, len(scale))
        self._keep(beta, variance, mean, scale)
        steps = self._to_numpy(self._hazard_steps(beta, inputs[0], *inputs[2:]))
        self.event_times_, first = np.unique(time[order][risk[0]][::-1], return_index=True)
        hazard = np.cumsum(np.add.reduceat(steps[::-1], first))
        self.baseline_cumulative_hazard_ = hazard * np.exp(-mean @ self.coef_)
        self.last_time_ = float(time.max())
        return self

    def predict(self, X):
        """Log relative hazard :math:`x^\\top\\beta` of each row of ``X`` (n, d): shape (n,)."""
        X, beta = self._to_backend(self._check_fitted_X(X), self.coef_)
        return self._to_numpy(self._linear(X, beta))

    def predict_cumulative_hazard(self, X, times=None):
        """:math:`H_0(t)\\, e^{x^\\top\\beta}` at ``times`` (k,), or ``event_times_``: shape (n, k).

        NaN after ``last_time_``.
        """
        relative = np.exp(self.predict(X))
        times = self.event_times_ if times is None else np.asarray(times, np.float64)
        if times.ndim != 1 or np.isnan(times).any():
            raise ValueError(f"times must be one-dimensional and not NaN, got {times!r}")
        steps = np.append(0.0, self.baseline_cumulative_hazard_)
        baseline = steps[np.searchsorted(self.event_times_, times, side="right")]
        return np.outer(relative, np.where(times > self.last_time_, np.nan, baseline))

    def predict_survival_function(self, X, times=None):
        """:math:`S(t \\mid x) = e^{-H(t \\mid x)}`, with ``times`` and shape as above."""
        return np.exp(-self.predict_cumulative_hazard(X, times))

    def score(self, X, y):
        """Log partial likelihood of these patients under ``coef_``, per event: higher is better."""
        check_is_fitted(self)
        X, time, event = self._check_outcome(X, y, reset=False)
        order, risk = partial_likelihood.risk_sets(time, event, self.ties)
        inputs = self._to_backend(X[order], np.zeros(X.shape[1]), *risk)
        return -float(self._loss(self._to_backend(self.coef_), *inputs)) / event.sum()

    def _check_params(self):
        check_choice("ties", self.ties, ("efron", "breslow"))
        check_positive("alpha", self.alpha, zero=True)
        check_positive("max_iter", self.max_iter)
        check_positive("tol", self.tol)
        _normal_quantile(self.conf_level)

    def _check_outcome(self, X, y, reset):
        X = validate_data(self, X, dtype=np.float64, reset=reset)
        time, event = survival_outcome(y)
        check_consistent_length(X, time)
        if not event.any():
            raise ValueError("y holds no event: hazards cannot be compared when all are censored")
        return X, time, event

    def _newton(self, inputs, d):
        """Steps from 0, each halved until the loss falls, until one is short in standard errors."""
        beta = self._to_backend(np.zeros(d))
        loss, gradient, hessian = self._derivatives(beta, *inputs)
        rcond = _rank_tolerance(self._to_numpy(hessian), inputs[0].shape)
        self.loss_curve_, self.n_iter_, length = [float(loss)], 0, np.inf
        while length > self.tol and self.n_iter_ < self.max_iter:
            step = self._step(hessian, gradient, rcond)
            length = max(0.0, float(self._linear(gradient, step))) ** 0.5
            for size in 0.5 ** np.arange(16):
                with np.errstate(all="ignore"):  # a step too long may leave the range of floats
                    loss, *trial = self._derivatives(beta - size * step, *inputs)
                fell = float(loss) <= self.loss_curve_[-1] + 1e-12 * self.loss_curve_[0]
                if fell and np.isfinite(self._to_numpy(trial[1])).all():
                    break
            else:
                break  # what is left is rounding
            beta, (gradient, hessian) = beta - size * step, trial
            self.n_iter_ += 1
            self.loss_curve_.append(float(loss))
        self._warn(length <= self.tol or self.n_iter_ < self.max_iter, self._to_numpy(step))
        return beta, np.linalg.pinv(self._to_numpy(hessian), rcond=rcond, hermitian=True)

    def _warn(self, converged, step):
        """Say so if Newton was not finished, or if it was and still walks off to infinity."""
        runaway = np.flatnonzero(abs(step) > 1e-2)
        if converged and len(runaway):
            names = getattr(self, "feature_names_in_", np.arange(len(step)))[runaway]
            message = (
                f"the hazard ratio of feature {', '.join(map(str, names))} grows without bound, as "
                "it separates early events from the rest; its coefficient and interval mean "
                "nothing: set alpha > 0, or merge or drop the feature"
            )
        else:
            message = f"Newton stopped at max_iter={self.max_iter} before it converged: raise it"
        if len(runaway) or not converged:
            warnings.warn(message, ConvergenceWarning, stacklevel=4)

    def _keep(self, beta, variance, mean, scale):
        self.coef_ = self._to_numpy(beta) / scale
        known = np.where(np.diag(variance) > 0, np.diag(variance), np.nan)
        self.std_error_ = np.sqrt(known) / scale
        margin = _normal_quantile(self.conf_level) * self.std_error_
        with np.errstate(over="ignore"):  # per unit of a feature of tiny range: infinite
            self.hazard_ratios_ = np.exp(self.coef_)
            self.hazard_ratio_intervals_ = np.exp(self.coef_ + np.outer([-1, 1], margin)).T

    # ---- the verbs, rewritten in each framework ----

    def _linear(self, X, beta):
        """x' beta, of one row or of each."""
        return X @ beta

    def _loss(self, beta, X, penalty, *risk):
        """-l(beta) + sum alpha beta^2 / 2, the formula of the class."""
        return partial_likelihood.loss(X @ beta, *risk) + penalty @ beta**2 / 2

    def _derivatives(self, beta, X, penalty, *risk):
        """J; X'(c - event) + alpha beta; X' diag(c) X - Z'Z + diag(alpha): c expected, Z means."""
        eta, events = X @ beta, risk[0]
        c = partial_likelihood.expected_events(eta, *risk)
        Z = partial_likelihood.risk_set_means(X, eta, *risk)
        gradient = X.T @ c - X[events].sum(0) + penalty * beta
        hessian = X.T @ (c[:, None] * X) - Z.T @ Z + np.diag(penalty)
        return self._loss(beta, X, penalty, *risk), gradient, hessian

    def _step(self, hessian, gradient, rcond):
        """H^-1 dJ; rcond > 0 where columns of X are dependent and H has no inverse but this one."""
        return np.linalg.pinv(hessian, rcond=rcond, hermitian=True) @ gradient

    def _hazard_steps(self, beta, X, events, last, tie, fraction):
        """1 / sum of e^eta at risk, for each event (Breslow)."""
        return 1 / np.cumsum(np.exp(X @ beta))[last]


def _standardise(X):
    """Columns of mean 0 and standard deviation 1 (0, if constant), with the means and scales."""
    mean, scale = X.mean(0), X.std(0)
    constant = scale <= 1e-13 * abs(X).max(0)
    return np.where(constant, 0.0, X - mean) / (scale + constant), mean, scale + constant


def _rank_tolerance(hessian, shape):
    """0 where H has full rank; else, with a warning, what eigenvalues may be instead of 0."""
    values, tolerance = np.linalg.eigvalsh(hessian), max(shape) * np.finfo(np.float64).eps
    if values[0] > tolerance * values[-1]:
        return 0.0
    warnings.warn(
        "the columns of X are linearly dependent or constant, so many coefficients fit equally "
        "well; those of smallest norm are returned: drop a column, or set alpha > 0",
        stacklevel=4,
    )
    return tolerance
