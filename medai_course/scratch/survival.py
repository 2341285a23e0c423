"""How long?  Censored times, and the Kaplan-Meier estimate of survival, in NumPy."""

import numpy as np
from scipy.stats import norm
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted

from .base import Estimator, check_choice


def survival_outcome(time, event=None):
    """Checked times (n,) float64 and event indicators (n,) bool, however they were given.

    ``event`` is 1 where the time ends in an event, 0 where it ends in censoring.  Without it
    ``time`` holds both: an array of two columns (time, event), a structured array with one boolean
    field as scikit-survival uses it, or an array (n,) of times that all end in an event.
    """
    if event is None:
        time, event = _split(time)
    time = check_array(time, ensure_2d=False, dtype=np.float64, input_name="time")
    event = check_array(event, ensure_2d=False, dtype=np.float64, input_name="event")
    if time.ndim != 1 or event.ndim != 1:
        raise ValueError(
            f"time and event must be one-dimensional, got shapes {time.shape} and {event.shape}"
        )
    check_consistent_length(time, event)
    if (time < 0).any():
        raise ValueError(
            f"time must be ≥ 0, got {time.min():g}: count it from the same beginning for everyone"
        )
    if not np.isin(event, (0, 1)).all():
        raise ValueError(
            "event must be 1 (the event was seen) or 0 (censored) and nothing else; a pair of "
            "columns is (time, event), in this order"
        )
    return time, event.astype(bool)


def _split(y):
    """The times and events that one array holds."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None: give times and events")
    y = np.asarray(y)
    if y.dtype.names is not None:
        events = [name for name in y.dtype.names if y.dtype[name].kind == "b"]
        if len(y.dtype.names) != 2 or len(events) != 1:
            raise ValueError(
                "a structured y must have two fields, a boolean one for the event and one for the "
                f"time, got {y.dtype}"
            )
        (time,) = set(y.dtype.names) - set(events)
        return y[time], y[events[0]]
    if y.ndim == 2 and y.shape[1] == 2:
        return y[:, 0], y[:, 1]
    if y.ndim != 1:
        raise ValueError(f"y must have two columns (time, event), got shape {y.shape}")
    return y, np.ones(len(y))


class KaplanMeier(Estimator):
    r"""The probability to live longer than ``t`` without the event, though some were censored.

    .. math::
        \hat S(t) = \prod_{t_j \le t} \Bigl(1 - \frac{d_j}{n_j}\Bigr), \qquad
        \widehat{\mathrm{Var}}\,\log \hat S(t) = \sum_{t_j \le t} \frac{d_j}{n_j (n_j - d_j)}

    with :math:`d_j` events among the :math:`n_j` who are still followed just before :math:`t_j`
    (Greenwood's variance).  Those censored at :math:`t_j` were at risk at :math:`t_j`.  Censoring
    must tell nothing about the event to come.

    Parameters
    ----------
    conf_type : {"log-log", "log", "plain"}, default "log-log"
        The scale on which the interval is symmetric: :math:`\log(-\log S)`, which stays between 0
        and 1; :math:`\log S`; or :math:`S` itself.  The last two are cut off at 0 and 1.
    conf_level : float between 0 and 1, default 0.95
        Pointwise confidence level.

    Attributes
    ----------
    times_ : ndarray of shape (m,)
        The different times seen, ascending, in the unit of ``time``.
    n_at_risk_, n_events_, n_censored_ : ndarray of int of shape (m,)
        Followed just before, had the event at, were censored at each of ``times_``.
    survival_function_ : ndarray of shape (m,)
        :math:`\hat S` from each of ``times_`` until just before the next.
    std_error_ : ndarray of shape (m,)
        Greenwood's standard error of ``survival_function_``; NaN where that is 0.
    confidence_interval_ : ndarray of shape (2, m)
        Lower and upper limits; NaN where ``survival_function_`` is 0.
    median_ : float
        First time at which survival is one half or less; infinite if it never is.
    median_interval_ : ndarray of shape (2,)
        Where the limits of the curve reach one half (Brookmeyer and Crowley 1982).

    Raises
    ------
    ValueError
        ``time`` negative, not finite or empty; ``event`` other than 0 and 1; unequal lengths; a
        parameter outside its range.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations.
    J. Am. Stat. Assoc. 53(282), 457-481. doi:10.1080/01621459.1958.10501452

    Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival time.
    Biometrics 38(1), 29-41. doi:10.2307/2530286
    """

    def __init__(self, conf_type="log-log", conf_level=0.95):
        self.conf_type = conf_type
        self.conf_level = conf_level

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, False
        tags.input_tags.positive_only = True
        return tags

    def fit(self, time, event=None):
        """Learn the curve of ``time`` (n,) and ``event`` (n,), or of both in one array."""
        check_choice("conf_type", self.conf_type, ("log-log", "log", "plain"))
        z = _normal_quantile(self.conf_level)
        time, event = self._to_backend(*survival_outcome(time, event))
        times, at_risk, events, leaving = self._counts(time, event)
        survival, variance = self._product_limit(at_risk, events)
        limits = self._to_numpy(*self._limits(survival, variance, z))
        self._keep(*self._to_numpy(times, at_risk, events, leaving, survival, variance), limits)
        return self

    def predict(self, times):
        """:math:`\\hat S` at each of ``times`` (k,): shape (k,).

        NaN after the last time seen, unless survival had come down to 0 by then.
        """
        times = self._check_times(times)
        steps = np.append(1.0, self.survival_function_)
        survival = steps[np.searchsorted(self.times_, times, side="right")]
        return np.where((times > self.times_[-1]) & (steps[-1] > 0), np.nan, survival)

    def quantile(self, share):
        """First time by which ``share`` (between 0 and 1) had the event; infinite if unreached."""
        check_is_fitted(self)
        share = np.asarray(share, np.float64)
        if not ((share > 0) & (share < 1)).all():
            raise ValueError(f"share must be between 0 and 1, got {share}")
        first = [self._reach(self.survival_function_, 1 - p) for p in share.flat]
        return np.array(first).reshape(share.shape)

    def risk_table(self, times):
        """The counts below a curve: a dict of arrays (k,), one row for each of ``times`` (k,).

        ``n_at_risk`` are followed at that time or longer; ``n_events`` and ``n_censored`` left
        before it.  The three add up to everyone.
        """
        times = self._check_times(times)
        before = np.searchsorted(self.times_, times, side="left")
        events, censored = (
            np.append(0, np.cumsum(n))[before] for n in (self.n_events_, self.n_censored_)
        )
        at_risk = np.append(self.n_at_risk_, 0)[before]
        return dict(time=times, n_at_risk=at_risk, n_events=events, n_censored=censored)

    def _check_times(self, times):
        check_is_fitted(self)
        times = check_array(times, ensure_2d=False, dtype=np.float64, input_name="times")
        if times.ndim != 1:
            raise ValueError(f"times must be one-dimensional, got shape {times.shape}")
        return times

    def _keep(self, times, at_risk, events, leaving, survival, variance, limits):
        self.times_, self.survival_function_ = times, survival
        self.n_at_risk_, self.n_events_, self.n_censored_ = at_risk, events, leaving - events
        with np.errstate(invalid="ignore"):  # the formulas give none where survival is 0
            self.std_error_ = survival * np.sqrt(variance)
        limits = np.clip(limits, 0, 1)
        limits[:, survival == 0] = np.nan
        self.confidence_interval_, self.median_ = limits, self._reach(survival, 0.5)
        self.median_interval_ = np.array([self._reach(limit, 0.5) for limit in limits])

    def _reach(self, curve, height):
        """First time at which ``curve`` is ``height`` or less, or ends; rounding forgiven."""
        low = ~(curve > height * (1 + 1e-12))
        return float(self.times_[low.argmax()]) if low[-1] else np.inf

    # ---- the verbs, rewritten in each framework ----

    def _counts(self, time, event):
        """The different times, and of each: n_j at risk, d_j events, how many leave."""
        order = np.argsort(time)
        time, event = time[order], event[order]
        first = np.flatnonzero(np.append(True, time[1:] != time[:-1]))
        events = np.add.reduceat(event, first, dtype=np.int64)
        return time[first], len(time) - first, events, np.diff(first, append=len(time))

    def _product_limit(self, n, d):
        """S = prod (1 - d_j / n_j) and Var log S = sum d_j / (n_j (n_j - d_j))."""
        with np.errstate(divide="ignore"):  # n = d: survival is 0, and the variance infinite
            return np.cumprod(1 - d / n), np.cumsum(d / (n * (n - d)))

    def _limits(self, S, variance, z):
        """S ± z S sqrt(V), S exp(± z sqrt(V)), or S^exp(± z sqrt(V) / log S), V = Var log S."""
        with np.errstate(divide="ignore", invalid="ignore"):  # the ends, where S is 1 or 0
            width = z * np.sqrt(variance)
            if self.conf_type == "plain":
                return S - S * width, S + S * width
            if self.conf_type == "log":
                return S * np.exp(-width), S * np.exp(width)
            exponent = np.exp(width / np.log(S))
            return S ** (1 / exponent), S**exponent


def _normal_quantile(conf_level):
    if not isinstance(conf_level, (float, np.floating)) or not 0 < conf_level < 1:
        raise ValueError(
            f"conf_level must be between 0 and 1, for example 0.95, got {conf_level!r}"
        )
    return norm.isf((1 - conf_level) / 2)
