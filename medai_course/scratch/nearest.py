"""Who is nearest to which centre, and what they add up to: K-means and the map both ask this."""

import numpy as np


class NearestCentre:
    """The verbs on rows and centres, and the loop over blocks of rows.

    ``A`` is the rows with a column of ones, [x, 1], so that one product gives sums and counts;
    ``weighted`` is w [x, 1].
    """

    def _nearest_everywhere(self, X, centers):
        """``_nearest`` of an ndarray ``centers``, block by block: two ndarrays."""
        centers, size = self._to_backend(centers), self._block_size(X.shape[1] + len(centers))
        blocks = (X[s : s + size] for s in range(0, len(X), size))
        labels, d2 = zip(*(self._to_numpy(*self._nearest(x, centers)) for x in blocks))
        return np.concatenate(labels), np.concatenate(d2)

    def _block_size(self, width):
        """Rows of which ``width`` numbers each stay in the cache."""
        return max(64, 2**17 // width)

    # ---- the verbs, rewritten in each framework ----

    def _rows(self, A, rows):
        """A with only these rows."""
        return A[rows]

    def _squared_distances(self, X, centers):
        """|x - c|^2 = |x|^2 - 2 x.c + |c|^2, never below 0: shape (n, k)."""
        squares = np.sum(X**2, 1)[:, None] + np.sum(centers**2, 1)
        return np.maximum(squares - 2 * X @ centers.T, 0)

    def _nearest(self, X, centers):
        """argmin_k |x - c_k|^2 and that smallest |x - c|^2, for each row of X."""
        H = _one_hot_of_smallest(np.sum(centers**2, 1)[:, None] - 2 * centers @ X.T)
        labels = (np.arange(len(H), dtype=X.dtype) @ H.astype(X.dtype)).astype(np.intp)
        r = X - centers[labels]
        return labels, np.einsum("ij,ij->i", r, r)

    def _blocks(self, A, weighted, k):
        """The blocks of rows that ``_sums`` goes through, prepared once."""
        size = self._block_size(A.shape[1] + k)
        return [Block(A[s : s + size], weighted[s : s + size]) for s in range(0, len(A), size)]

    def _sums(self, blocks, centers, previous=None):
        """S_k = sum of w [x, 1] over the rows nearest to c_k: their sum and their weight."""
        squares = np.sum(centers**2, 1)
        M = np.column_stack([-2 * centers, squares])  # M [x, 1] = |x - c|^2 - |x|^2
        S, members = previous or (np.zeros_like(M), [None] * len(blocks))
        S, now = S.copy(), [block.members(M, np.sqrt(squares.max())) for block in blocks]
        for block, H, before in zip(blocks, now, members):
            block.add_changes(S, H, before)
        return S, now


class Block:
    """Rows in the cache.  All of it is for speed: S = H w[x, 1], H the one-hot of the nearest.

    float32 finds the nearest centre at half the price, wherever its rounding cannot change the
    answer; float64 decides the rest, so the answer is float64's.  Only rows that change hands
    between two steps are added to the sums, and taken from them.
    """

    def __init__(self, A, weighted):
        self.A, self.weighted = A, weighted
        with np.errstate(over="ignore"):  # what float32 cannot hold, float64 decides
            self.single = np.ascontiguousarray(A.T, np.float32)
        self.norm = np.sqrt(np.einsum("ij,ij->i", A, A).max())

    def members(self, M, norm):
        """H (k, n), True where c_k is nearest to x; of equally near ones, the first."""
        with np.errstate(over="ignore", invalid="ignore"):
            D = M.astype(np.float32) @ self.single
            H = D <= D.min(0) + np.float32(self._rounding(norm))
        if np.count_nonzero(H) != len(self.A):
            unsure = np.flatnonzero(np.count_nonzero(H, 0) != 1)
            H[:, unsure] = _one_hot_of_smallest(M @ self.A[unsure].T)
        return H

    def _rounding(self, norm):
        """How far two sums of float32 products can err: 2 (d + 4) u |M| |A|, and underflow."""
        terms = 2 * norm * self.norm + norm**2
        return 2 * (self.A.shape[1] + 3) * (2.0**-24 * terms + float(np.finfo(np.float32).tiny))

    def add_changes(self, S, H, before):
        """S += H w[x, 1], where S already holds that of ``before``."""
        if before is None:
            S += H.astype(S.dtype) @ self.weighted
            return
        rows = np.flatnonzero((H != before).any(0))
        if len(rows):
            change = (H.view(np.int8) - before.view(np.int8)).take(rows, 1)  # +1 came, -1 went
            S += change.astype(S.dtype) @ self.weighted.take(rows, 0)


def _one_hot_of_smallest(D):
    """True where D (k, n) is its column's smallest; of equal ones, the first."""
    H = D == D.min(0)
    if np.count_nonzero(H) != D.shape[1]:
        H = np.arange(len(D))[:, None] == D.argmin(0)
    return H
