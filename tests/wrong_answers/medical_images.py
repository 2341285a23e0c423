"""Typical wrong answers to the exercises of the chapter on convolution.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np

FUNCTIONS = {"q1": "cross_correlate", "q2": "threshold_for_sensitivity", "q3": "stage"}


def correlate(
    x, W, b, stride=1, padding=0, *, turned=False, reduce=np.sum, pad_mode="constant",
    one_side=False, extra=1, bias="filter", channels=slice(None), swapped=False,
):  # fmt: skip
    """Cross-correlation, with single faults put in."""
    k = len(W)
    before = 0 if one_side else padding
    x = np.pad(x, ((before, padding), (before, padding), (0, 0)), mode=pad_mode)
    if turned:
        W = W[::-1, ::-1]
    rows, columns = ((side - k) // stride + extra for side in x.shape[:2])
    y = np.empty((rows, columns, W.shape[3]))
    for h, w in np.ndindex(rows, columns):
        window = x[stride * h : stride * h + k, stride * w : stride * w + k, channels]
        taps = window[..., None] * W[:, :, channels]
        y[h, w] = reduce(taps.sum(axis=(0, 1)), axis=0)
        y[h, w] += {"filter": b, "row": b[h % len(b)], "each tap": k * k * b, "none": 0}[bias]
    return y.transpose(1, 0, 2) if swapped else y


def with_fault(**fault):
    return lambda x, W, b, stride=1, padding=0: correlate(x, W, b, stride, padding, **fault)


def stride_forgotten(x, W, b, stride=1, padding=0):
    return correlate(x, W, b, 1, padding)


def stride_in_the_size_only(x, W, b, stride=1, padding=0):
    rows, columns = ((side + 2 * padding - len(W)) // stride + 1 for side in x.shape[:2])
    return correlate(x, W, b, 1, padding)[:rows, :columns]


def kth_of(values, wanted, *, shift=-1, rounding=np.ceil):
    values = np.sort(values)[::-1]
    place = int(rounding(wanted * len(values) - 1e-9)) + shift
    return values[min(max(place, 0), len(values) - 1)]


def one_stage(x, W, b, size, *, channel=False, turned=False, row_bias=False, window="blocks"):
    """The mended stage, with single faults put back."""
    last = 1 if channel else x.shape[2]
    kernel = W[::-1, ::-1, :last] if turned else W[:, :, :last]
    y = correlate(x[..., :last], kernel, b, bias="row" if row_bias else "filter")
    if window == "map":
        return np.maximum(0, y.max(axis=(0, 1)))
    if window == "overlapping":
        rows, columns = (side - size + 1 for side in y.shape[:2])
        blocks = [[y[h : h + size, w : w + size].max((0, 1)) for w in range(columns)]
                  for h in range(rows)]  # fmt: skip
        return np.maximum(0, np.array(blocks))
    rows, columns = (side // size for side in y.shape[:2])
    y = y[: rows * size, : columns * size].reshape(rows, size, columns, size, -1)
    return np.maximum(0, y.mean((1, 3)) if window == "mean" else y.max((1, 3)))


def stage_with(**fault):
    return lambda x, W, b, size: one_stage(x, W, b, size, **fault)


WRONG = {
    "q1": {
        "kernel turned over": (with_fault(turned=True), "not turned over"),
        "first channel only": (with_fault(channels=slice(1)), "all channels"),
        "channels averaged": (with_fault(reduce=np.mean), "does not average"),
        "bias by the row": (with_fault(bias="row"), "not one for each row"),
        "bias at each tap": (with_fault(bias="each tap"), "add the bias once"),
        "bias forgotten": (with_fault(bias="none"), "add the bias once"),
        "one place too few": (with_fault(extra=0), "4 - 3 + 1"),
        "rows and columns exchanged": (with_fault(swapped=True), "multiply place by place"),
        "zeros on two sides only": (with_fault(one_side=True), "all four sides"),
        "border repeated instead of zeros": (with_fault(pad_mode="edge"), "put zeros"),
        "stride forgotten": (stride_forgotten, "rows 0, 2, 4"),
        "stride in the size only": (stride_in_the_size_only, "rows 0, 2, 4"),
    },
    "q2": {
        "all children, not the sick": (lambda y, p, t: kth_of(p, t), "of the sick only"),
        "the healthy": (lambda y, p, t: kth_of(p[y == 0], 1 - t), "not a risk of the healthy"),
        "off by one": (lambda y, p, t: kth_of(p[y == 1], t, shift=0), "the third risk"),
        "one child too few": (
            lambda y, p, t: kth_of(p[y == 1], t, rounding=np.floor),
            "round the number",
        ),
        "a quantile between two risks": (
            lambda y, p, t: np.quantile(p[y == 1], 1 - t),
            "a value between two risks",
        ),
        "sorted from the lowest up": (
            lambda y, p, t: np.sort(p[y == 1])[int(np.ceil(t * y.sum() - 1e-9)) - 1],
            "from the highest down",
        ),
        "low enough for all": (lambda y, p, t: p[y == 1].min(), "the third risk"),
        "one half": (lambda y, p, t: 0.5, "sort the risks"),
    },
    "q3": {
        "first channel only": (stage_with(channel=True), "channel 0 only"),
        "kernel turned over": (stage_with(turned=True), "used as they are"),
        "bias by the row": (stage_with(row_bias=True), "which index does the bias carry"),
        "maximum of the whole map": (stage_with(window="map"), "forgets where"),
        "overlapping blocks": (stage_with(window="overlapping"), "block beside block"),
        "mean instead of maximum": (stage_with(window="mean"), "Take it over each block"),
        "nothing mended": (
            stage_with(channel=True, turned=True, row_bias=True, window="map"),
            "channel 0 only",
        ),
    },
}
