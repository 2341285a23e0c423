"""What a clinician reads in a logistic regression: odds ratios, intervals, p values."""

import warnings

import numpy as np
import pandas as pd
from scipy.special import ndtr
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from .survival import _normal_quantile


class OddsRatios:
    """Wald's inference from the observed information, for fits in which it has a meaning."""

    def odds_ratios(self, conf_level=0.95):
        """Odds ratios per unit of each feature, with Wald intervals and two-sided p values.

        A DataFrame with a row a feature and the columns ``odds_ratio``, ``lower``, ``upper``,
        ``p_value``; a ValueError where standard errors have no meaning, as for ``summary``.
        """
        table = self.summary(conf_level).drop(index="intercept", errors="ignore")
        return table[["odds_ratio", "lower", "upper", "p_value"]]

    def summary(self, conf_level=0.95):
        r"""The table of a published logistic regression, the intercept first: a DataFrame.

        Its columns are ``coef`` :math:`\beta`, ``std_error``, ``z`` :math:`= \beta/\mathrm{se}`,
        ``p_value`` :math:`= 2\Phi(-|z|)`, and ``odds_ratio`` :math:`e^\beta` with its limits
        ``lower``, ``upper`` :math:`e^{\beta \pm z_{1-\alpha/2}\,\mathrm{se}}`.  A ValueError says
        why if the fit was penalised or weighted by class, or has more than two classes.
        """
        check_is_fitted(self)
        self._check_inference()
        names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(self.n_features_in_)])
        beta, se = self.coef_[0], np.sqrt(np.diag(self.covariance_))
        if self.fit_intercept:
            names = ["intercept", *names]
            beta, se = np.append(self.intercept_, beta), np.roll(se, 1)
        margin = _normal_quantile(conf_level) * se
        with np.errstate(over="ignore"):  # of a feature that separates the classes: infinite
            ratios = np.exp([beta, beta - margin, beta + margin])
        columns = [beta, se, beta / se, 2 * ndtr(-abs(beta / se)), *ratios]
        titles = ["coef", "std_error", "z", "p_value", "odds_ratio", "lower", "upper"]
        return pd.DataFrame(dict(zip(titles, columns)), index=pd.Index(names, name="feature"))

    def _check_inference(self):
        if hasattr(self, "covariance_"):
            return
        if len(self.classes_) > 2:
            why = f"y has {len(self.classes_)} classes: compare two of them at a time"
        elif self.class_weight is not None:
            why = "class_weight counts patients who are not there: fit with class_weight=None"
        else:
            why = f"the penalty shrinks coefficients by design: fit with C=np.inf, not C={self.C}"
        raise ValueError(f"this fit has no standard errors, as {why}")

    def _infer(self, inputs, theta, total, M, shift, converged):
        """Keep the covariance, if it has a meaning; warn where coefficients have no limit."""
        vars(self).pop("covariance_", None)
        if np.isfinite(self.C):
            return
        hessian = self._to_numpy(self._hessian(theta, *inputs))
        gradient = np.ravel(self._to_numpy(self._loss_and_gradient(theta, *inputs)[1]))
        inverse, seen = _inverse(hessian + self._gauge(theta.shape))
        step = (inverse @ gradient).reshape(theta.shape) if converged else np.zeros(theta.shape)
        self._warn_of_separation(inputs[1], self._linear(inputs[0], inputs[4] @ theta), step)
        if len(self.classes_) > 2 or self.class_weight is not None:
            return
        back = np.eye(len(M))
        back[-1, :-1] = -shift
        back = back @ M
        self.covariance_ = back @ (inverse / total) @ back.T
        unknown = np.flatnonzero(~seen)
        self.covariance_[unknown], self.covariance_[:, unknown] = np.nan, np.nan
        if not self.fit_intercept:
            self.covariance_ = self.covariance_[:-1, :-1]

    def _warn_of_separation(self, Y, eta, step):
        """Say so if a plane divides the classes, or a converged Newton still walks to infinity."""
        Y, eta = self._to_numpy(Y, eta)
        if Y.shape[1] == 1:
            divided = ((2 * Y - 1) * eta).min() > 0
        else:
            divided = (
                np.where(Y == 1, eta, np.inf).min(1) > np.where(Y, -np.inf, eta).max(1)
            ).all()
        runaway = np.flatnonzero((abs(step[: self.n_features_in_]) > 1e-2).any(1))
        if divided:
            what = "a plane separates the classes completely, so coefficients grow without bound"
        elif len(runaway):
            names = getattr(self, "feature_names_in_", np.arange(self.n_features_in_))[runaway]
            what = f"the coefficient of feature {', '.join(map(str, names))} grows without bound, "
            what += "as it separates some rows of one class from the rest"
        else:
            return
        warnings.warn(
            f"{what}; odds ratios and intervals mean nothing: set a finite C, or merge or drop "
            "features",
            ConvergenceWarning,
            stacklevel=4,
        )


def _inverse(hessian):
    """The (pseudo)inverse of H, and which parameters H says anything certain about."""
    values, V = np.linalg.eigh(hessian)
    kept = values > len(values) * np.finfo(np.float64).eps * values[-1]
    seen = np.sum(V[:, ~kept] ** 2, 1) < 1e-12
    return (V[:, kept] / values[kept]) @ V[:, kept].T, seen
