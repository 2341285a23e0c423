"""The hyper-parameters that a forest has beside those of its trees."""

from dataclasses import dataclass, field

import numpy as np

from .base import check_count
from .tree_settings import TreeSettings, count_or_share

FOREST = """n_estimators : int ≥ 1, default 100
        Number of trees B.
    bootstrap : bool, default True
        Draw the rows of each tree; otherwise every tree sees all rows.
    oob_score : bool, default False
        Learn the out-of-bag predictions and their score.
    n_jobs : int ≥ 1, -1 or None, default None
        Threads, -1 for one a core, None for 1; the forest stays the same.  One thread grows
        trees of up to 262,144 rows in all, so that a small forest gains nothing.
    max_samples : int ≥ 1, float in (0, 1] or None, default None
        Rows that each tree draws: that many, that share of n, n."""


@dataclass(eq=False, repr=False, kw_only=True)
class ForestSettings(TreeSettings):
    """How many trees, and what each of them draws."""

    n_estimators: int = field(default=100, kw_only=False)
    bootstrap: bool = True
    oob_score: bool = False
    n_jobs: int | None = None
    max_samples: int | float | None = None

    _shared_docs = (("forest", FOREST),)

    def _count_draws(self, n):
        """Check the forest's own hyper-parameters; how many rows each tree draws."""
        check_count("n_estimators", self.n_estimators)
        if self.oob_score and not self.bootstrap:
            raise ValueError("oob_score needs bootstrap=True: else no row is out of the bag")
        if self.max_samples is None:
            return n
        return count_or_share("max_samples", self.max_samples, n, rounded=np.round)
