"""Draw assets/agreement.svg: one fit in NumPy, PyTorch and TensorFlow, step by step and to the end.

The numbers are measured when this script runs: the regression of `sklearn.datasets.load_diabetes`
by gradient descent, in the three backends.  The last digits depend on the processor.  Run it from
the repository:  ``python tools/draw_agreement.py`` (about a minute, TensorFlow's eager steps).
"""

import os
import warnings
from itertools import takewhile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from medai_course.teaching.parity import backend_classes

FEATURE = "bmi"
FILE = Path(__file__).parents[1] / "assets" / "agreement.svg"
WIDTH, HEIGHT = 480, 400
LEFT, RIGHT, TOP, BOTTOM = 44, 462, 62, 246  # of the curves
DIGITS = 18  # characters shown of a coefficient: more than a float64 can hold

STYLE = """
svg.agreement{--agree-0:#0072B2;--agree-1:#D55E00;--agree-2:#3B2A00;--agree-ink:#22303C;
--agree-soft:#5B6876;--agree-line:#D3DAE1;--agree-page:#FFFFFF;--agree-same:#E3EEF7}
@media (prefers-color-scheme:dark){svg.agreement:root{--agree-0:#6FBDF2;--agree-1:#FF9A62;
--agree-2:#FFF3C4;--agree-ink:#E4EAF0;--agree-soft:#A9B4C0;--agree-line:#3A4654;
--agree-page:#14181E;--agree-same:#1D3347}}
html[data-theme="dark"] svg.agreement{--agree-0:#6FBDF2;--agree-1:#FF9A62;--agree-2:#FFF3C4;
--agree-ink:#E4EAF0;--agree-soft:#A9B4C0;--agree-line:#3A4654;--agree-page:#14181E;
--agree-same:#1D3347}
svg.agreement text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
font-size:14px;fill:var(--agree-ink)}
svg.agreement .soft{fill:var(--agree-soft)}
svg.agreement .title{font-size:15px;font-weight:600}
svg.agreement .digits{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",
monospace;font-size:16px}
svg.agreement .differs{fill:var(--agree-soft)}
svg.agreement .grid{stroke:var(--agree-line);stroke-width:1}
svg.agreement .page{fill:var(--agree-page)}
svg.agreement .same{fill:var(--agree-same)}
svg.agreement .curve{fill:none;stroke-linejoin:round}
svg.agreement .b0{stroke:var(--agree-0);stroke-width:9;stroke-opacity:.45}
svg.agreement .b1{stroke:var(--agree-1);stroke-width:4}
svg.agreement .b2{stroke:var(--agree-2);stroke-width:2;stroke-dasharray:7 6}
svg.agreement .curtain{fill:var(--agree-page);transform:scaleX(0);transform-box:fill-box;
transform-origin:right}
@media (prefers-reduced-motion:no-preference){
svg.agreement .curtain{animation:agree-draw 4s linear 1 both}
svg.agreement .agree-row{animation:agree-show .6s ease-out 1 both}
svg.agreement .same{animation:agree-show .6s ease-out 5s 1 both}}
@keyframes agree-draw{from{transform:scaleX(1)}to{transform:scaleX(0)}}
@keyframes agree-show{from{opacity:0}to{opacity:1}}
"""


def paths_of_the_coefficient(X, y, column):
    """{backend: (steps, values)} of one coefficient, and {backend: the fit run to its end}."""
    ends = {name: cls(solver="gd").fit(X, y) for name, cls in classes().items()}
    last = ends["NumPy"].n_iter_
    steps = np.unique(np.geomspace(1, last, 27).round().astype(int))
    paths = {name: [] for name in ends}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
        for name, cls in classes().items():
            for step in steps[:-1]:
                model = cls(solver="gd", max_iter=int(step)).fit(X, y)
                paths[name].append(model.coef_[column])
            paths[name].append(ends[name].coef_[column])
    return steps, paths, ends


def classes():
    return backend_classes("linear", "LinearRegression")


def largest_difference(arrays):
    """The largest absolute difference of any array from the first."""
    return max(float(np.abs(np.subtract(a, arrays[0])).max()) for a in arrays[1:])


def common_digits(numbers):
    """How many leading characters all the numbers share."""
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*numbers)))


def drawing(steps, paths, ends, column):
    top = 1.12 * max(map(max, paths.values()))
    xs = LEFT + (RIGHT - LEFT) * np.log(steps) / np.log(steps[-1])
    curves = ""
    for i, values in enumerate(paths.values()):
        ys = BOTTOM - (BOTTOM - TOP) * np.array(values) / top
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys))
        curves += f'<polyline class="curve b{i}" points="{points}"/>\n'
    return f"""{head(steps, ends, column)}
<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>
<text class="title" x="16" y="26">One coefficient, three frameworks</text>
<text class="soft" x="16" y="48">body-mass index: points of disease score per SD</text>
{axes(steps[-1], top)}
{curves}<rect class="curtain" x="{LEFT + 1}" y="{TOP - 8}" width="{RIGHT - LEFT + 12}" \
height="{BOTTOM - TOP + 6}"/>
{table(ends, column)}
</svg>
"""


def head(steps, ends, column):
    shared = common_digits([f"{m.coef_[column]:.15f}" for m in ends.values()]) - 1
    return f"""<svg class="agreement" xmlns="http://www.w3.org/2000/svg" \
viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="agreement-title agreement-text">
<title id="agreement-title">The three backends find the same coefficient</title>
<desc id="agreement-text">Gradient descent on the diabetes data: the coefficient of body-mass index
runs along one and the same curve in NumPy, PyTorch and TensorFlow for {steps[-1]} steps, and ends
at values that share their first {shared} digits.</desc>
<style>{STYLE}</style>"""


def axes(last, top):
    out = ""
    for value in range(0, int(top), 10):
        y = BOTTOM - (BOTTOM - TOP) * value / top
        out += f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        out += f'<text class="soft" x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{value}</text>'
    for step in (1, 10, 100):
        x = LEFT + (RIGHT - LEFT) * np.log(step) / np.log(last)
        out += (
            f'<text class="soft" x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{step}</text>'
        )
    label = f"{last} steps"
    out += f'<text class="soft" x="{RIGHT}" y="{BOTTOM + 20}" text-anchor="end">{label}</text>'
    return out


def table(ends, column):
    numbers = [f"{m.coef_[column]:.16f}"[:DIGITS] for m in ends.values()]
    shared, x, pitch = common_digits(numbers), 152, 9.64
    out = f'<rect class="same" x="{x - 6}" y="282" width="{shared * pitch + 9:.0f}" height="78" \
rx="4"/>\n'
    for i, (name, number) in enumerate(zip(ends, numbers)):
        y, key = 302 + 25 * i, f'<path class="curve b{i}" d="M18,{297 + 25 * i}h26"/>'
        same, rest = number[:shared], number[shared:]
        length = len(number) * pitch
        out += f"""<g class="agree-row" style="animation-delay:{4 + 0.3 * i:.1f}s">{key}
<text x="52" y="{y}">{name}</text>
<text class="digits" x="{x}" y="{y}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">\
{same}<tspan class="differs">{rest}</tspan></text></g>
"""
    gap = largest_difference([m.coef_ for m in ends.values()])
    count = ends["NumPy"].coef_.size
    note = f"largest difference over all {count} coefficients"
    return out + f'<text class="soft" x="16" y="384">{note}: {gap:.0e}</text>'


def main():
    data = load_diabetes(scaled=False)
    X, column = StandardScaler().fit_transform(data.data), data.feature_names.index(FEATURE)
    steps, paths, ends = paths_of_the_coefficient(X, data.target, column)
    FILE.write_text(drawing(steps, paths, ends, column), "utf-8")
    print(f"{FILE.name}: coefficient of {FEATURE}")
    for name, model in ends.items():
        print(f"{name:12} {model.coef_[column]:.16f}  after {model.n_iter_} steps")
    curves = [m.loss_curve_ for m in ends.values()]
    print(f"largest difference over the whole loss curve: {largest_difference(curves):.1e}")


if __name__ == "__main__":
    main()
