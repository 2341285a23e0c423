"""Time rivals in turn, in one process, so that they meet the same machine in the same mood."""

import statistics
import time

from medai_course.doctor import products
from medai_course.teaching.parity import backend_classes


def race(rivals, repeats=7):
    """{name: median seconds} of calling each of ``rivals`` {name: function} ``repeats`` times."""
    seconds = {name: [] for name in rivals}
    for round_ in range(repeats + 1):
        for name, function in rivals.items():
            start = time.perf_counter()
            function()
            if round_:  # the first round warms caches, threads and compilers
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


print(": ".join(filter(None, (products().says, products().do))))


def show(title, seconds, quality, peer):
    """Print one line a rival: milliseconds, ratio to ``peer``, and the quality reached."""
    print(f"\n{title}")
    for name, value in seconds.items():
        ratio = value / seconds[peer]
        print(f"  {name:32s} {1e3 * value:9.2f} ms  {ratio:6.2f} x  {quality[name]}")


def ours(file, name):
    """{"ours, NumPy": class, ...} of one algorithm."""
    return {f"ours, {label}": cls for label, cls in backend_classes(file, name).items()}


def compare(title, rivals, quality, peer, *, higher=False, slack=1e-9, repeats=5):
    """Seconds of ``rivals`` {name: fit} whose ``quality(model)`` is not worse than the peer's.

    A quality is a loss, or is better ``higher``; the others are shown, and not timed.
    """
    reached = {name: quality(fit()) for name, fit in rivals.items()}
    sign = -1 if higher else 1
    worst = sign * reached[peer] + slack * abs(reached[peer])
    fair = {name: fit for name, fit in rivals.items() if sign * reached[name] <= worst}
    seconds = race(fair, repeats)
    show(title, seconds, {k: f"{v:.10g}" for k, v in reached.items()}, peer)
    for name in rivals.keys() - fair.keys():
        print(f"  {name:32s} not compared: {reached[name]:.10g} is worse than the peer")
    return seconds


def show_frameworks(races, goal=2.0):
    """Print each of our frameworks' time over our NumPy's; ``races`` {title: seconds of a race}."""
    print(f"\nOurs in a framework against ours in NumPy, large sizes; goal ≤ {goal:.1f} x")
    for title, seconds in races.items():
        ratios = [
            f"{name.removeprefix('ours, ')} {time / seconds['ours, NumPy']:5.2f} x"
            for name, time in seconds.items()
            if name.startswith("ours, ") and name != "ours, NumPy"
        ]
        print(f"  {title:40s} {'   '.join(ratios)}")
