"""Do virtual records give away who was in the training set?  Distances, and an attack."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from .delong import delong_interval
from .inputs import tables
from .interval import Interval

_BLOCK = 1024  # rows compared at once, so that the table of distances fits the memory


def nearest_distances(rows: ArrayLike, others: ArrayLike) -> np.ndarray:
    """Euclidean distance of each row to the nearest of the ``others``.

    Scale the columns alike before, or the one with the largest numbers decides alone.

    Parameters
    ----------
    rows : array-like of shape (n, d)
    others : array-like of shape (m, d)

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ValueError
        A table that is not finite, has no rows, or other columns than the other.
    """
    rows, others = tables(rows=rows, others=others)
    starts = range(0, len(rows), _BLOCK)
    return np.concatenate([cdist(rows[i : i + _BLOCK], others).min(axis=1) for i in starts])


def membership_inference(
    members: ArrayLike,
    non_members: ArrayLike,
    virtual: ArrayLike,
    reference: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    r"""How well an attacker tells, from virtual rows alone, who trained the generator: an AUC.

    The attacker holds a person's record x and guesses "member" where a virtual row lies near it:

    .. math:: s(x) = -\min_v \lVert x - v \rVert \;[\, + \min_r \lVert x - r \rVert \,]

    The term in brackets, the distance to rows that have nothing to do with the training set,
    corrects for records that are near everything.  0.5: the attacker might as well toss a coin; 1:
    every member is found.  It is one attack, and a weak one: 0.5 is no proof of privacy.

    Parameters
    ----------
    members : array-like of shape (n, d)
        The records that the generator was trained on, one a patient, columns scaled alike.
    non_members : array-like of shape (k, d)
        Records of other patients from the same population.
    virtual : array-like of shape (m, d)
        What the generator has drawn.
    reference : array-like of shape (l, d), optional
        Rows of the same population without the members, such as those that a second generator drew
        which was trained on others; they must not be ``non_members``.
    level : float between 0 and 1

    Raises
    ------
    ValueError
        A table that is not finite, has no rows, or other columns than the others; fewer than two
        members or non-members.

    References
    ----------
    Chen, D., Yu, N., Zhang, Y. and Fritz, M. (2020). GAN-Leaks: a taxonomy of membership inference
    attacks against generative models. ACM CCS, 343-362. doi:10.1145/3372297.3417238
    """
    members, non_members = tables(members=members, non_members=non_members)
    people = np.vstack([members, non_members])
    score = -nearest_distances(people, virtual)
    if reference is not None:
        score = score + nearest_distances(people, reference)
    was_member = np.r_[np.ones(len(members)), np.zeros(len(non_members))]
    return delong_interval(was_member, score, level)
