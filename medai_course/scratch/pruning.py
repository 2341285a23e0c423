"""Minimal cost-complexity pruning: cut the weakest link of a tree, again and again."""

import numpy as np


def weakest_links(tree):
    r"""The nodes to turn into leaves, weakest first, to prune ``tree`` down to its root.

    With R(t) the impurity of a node times its share of the weight, and R(T_t) the same summed over
    the leaves below it, the weakest link is the node of smallest

    .. math::
        \alpha(t) = \frac{R(t) - R(T_t)}{\text{leaves below } t - 1} ,

    what each leaf below it takes from the impurity of the tree.

    Parameters
    ----------
    tree : Tree
        As grown.

    Returns
    -------
    nodes : ndarray of int, shape (steps,)
        The node cut by each step; those below it are gone.
    alphas, impurities : ndarrays of shape (steps + 1,)
        The α of each step and the impurity of the tree after it; before the first, 0 and that of
        the whole tree.

    References
    ----------
    Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984). Classification and
    Regression Trees. Wadsworth. doi:10.1201/9781315139470
    """
    parent, size = _parents_and_sizes(tree)
    own = tree.weighted_n_node_samples * tree.impurity / tree.weighted_n_node_samples[0]
    below, leaves = np.zeros(tree.node_count), np.zeros(tree.node_count, np.intp)
    for leaf in np.flatnonzero(tree.is_leaf):
        way = _way_up(parent, leaf)
        below[way] += own[leaf]
        leaves[way] += 1
    open_ = ~tree.is_leaf
    alpha = np.full(tree.node_count, np.inf)
    alpha[open_] = (own - below)[open_] / (leaves[open_] - 1)
    nodes, alphas, impurities = [], [0.0], [below[0]]
    while open_[0]:
        node = int(alpha.argmin())
        nodes.append(node)
        alphas.append(alpha[node])
        open_[node : node + size[node]] = False
        alpha[node : node + size[node]] = np.inf
        way = _way_up(parent, node)
        below[way] += own[node] - below[node]
        leaves[way] -= leaves[node] - 1
        above = way[1:]
        alpha[above] = (own[above] - below[above]) / (leaves[above] - 1)
        impurities.append(below[0])
    return np.array(nodes, np.intp), np.array(alphas), np.array(impurities)


def cuts_up_to(tree, ccp_alpha):
    """True for the nodes that pruning with ``ccp_alpha`` turns into leaves: shape (nodes,)."""
    nodes, alphas, _ = weakest_links(tree)
    cut = np.zeros(tree.node_count, bool)
    too_strong = np.flatnonzero(alphas[1:] > ccp_alpha)
    cut[nodes[: too_strong[0] if len(too_strong) else len(nodes)]] = True
    return cut


def _parents_and_sizes(tree):
    """The parent of each node (-1 for the root), and how many nodes hang from it, itself too."""
    inner = np.flatnonzero(~tree.is_leaf)
    parent, size = np.full(tree.node_count, -1), np.ones(tree.node_count, np.intp)
    for children in (tree.children_left, tree.children_right):
        parent[children[inner]] = inner
    for node in range(tree.node_count - 1, 0, -1):  # children have larger numbers
        size[parent[node]] += size[node]
    return parent, size


def _way_up(parent, node):
    """The node, its parent, and so on to the root."""
    way = [node]
    while parent[way[-1]] >= 0:
        way.append(parent[way[-1]])
    return np.array(way)
