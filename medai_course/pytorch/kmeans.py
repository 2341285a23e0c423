"""K-means in PyTorch: the verbs; the loop is in ``medai_course.scratch.kmeans``."""

import torch

from ..scratch import kmeans as scratch
from .nearest import NearestCentre


class KMeans(NearestCentre, scratch.KMeans):
    def _next_centre(self, X, w, closest, draws):
        running = torch.cumsum(w if closest is None else w * closest, 0)
        rows = torch.searchsorted(running, draws * running[-1], right=True).clamp(max=len(X) - 1)
        D2 = self._squared_distances(X, X[rows])
        D2 = D2 if closest is None else torch.minimum(closest[:, None], D2)
        best = torch.argmin(w @ D2)
        return rows[best], D2[:, best]
