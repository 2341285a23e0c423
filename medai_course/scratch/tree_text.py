"""A tree in words: nested questions, and one rule a leaf."""

import numpy as np


def nested_questions(tree, names, describe, with_missing):
    """The lines of ``if … otherwise …`` that read a tree from its root.

    ``names`` (d,) are the features', ``describe(node)`` says what a leaf predicts, and
    ``with_missing`` (d,) is True for the features of which training saw missing values.
    """
    lines, stack = [], [(0, 0, None)]
    while stack:
        node, depth, opening = stack.pop()
        if opening:
            lines.append("    " * (depth - 1) + opening)
        if tree.is_leaf[node]:
            lines.append("    " * depth + f"→ {describe(node)}")
            continue
        f, left, right = (a[node] for a in (tree.feature, tree.children_left, tree.children_right))
        question = _question(tree, node, names[f], with_missing[f])
        stack += [(right, depth + 1, "otherwise:"), (left, depth + 1, f"if {question}:")]
    return "\n".join(lines)


def leaf_rules(tree, names, describe, with_missing):
    """One sentence a leaf: all that must hold to reach it, and what it predicts."""
    rules, stack = [], [(0, {})]
    while stack:
        node, limits = stack.pop()
        if tree.is_leaf[node]:
            conditions = [
                _condition(names[f], *limit, with_missing[f]) for f, limit in limits.items()
            ]
            rules.append(f"{' and '.join(conditions) or 'always'} → {describe(node)}")
            continue
        f, t, nan_left = tree.feature[node], tree.threshold[node], tree.missing_go_to_left[node]
        low, high, missing = limits.get(f, (-np.inf, np.inf, True))
        left = (low, min(high, t), missing and nan_left)
        right = (max(low, t), high, missing and not nan_left)
        stack += [
            (tree.children_right[node], limits | {f: right}),
            (tree.children_left[node], limits | {f: left}),
        ]
    return rules


def _question(tree, node, name, with_missing):
    if np.isinf(tree.threshold[node]):
        return f"{name} is known"
    unknown = " or is missing" if with_missing and tree.missing_go_to_left[node] else ""
    return f"{name} ≤ {tree.threshold[node]:.4g}{unknown}"


def _condition(name, low, high, missing, with_missing):
    """low < name ≤ high, in the fewest words."""
    if low == np.inf:
        return f"{name} is missing"
    between = f"{name} ≤ {high:.4g}" if np.isfinite(high) else f"{name} is known"
    if np.isfinite(low):
        between = f"{name} > {low:.4g}" if np.isinf(high) else f"{low:.4g} < {between}"
    return f"({between} or is missing)" if with_missing and missing else between
