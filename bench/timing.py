"""Time rivals in turn, in one process, so that they meet the same machine in the same mood."""

import statistics
import time

from medai_course.doctor import products


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
