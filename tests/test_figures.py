"""The comparison of figures under nbval: what an eye sees is noticed, the last digits are not."""

import base64
import io

from PIL import Image

from conftest import TOLERANCE, changed_figures, decoded, figures, visible_difference


def drawn(draw):
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    fig = Figure(figsize=(5, 3), dpi=110)
    draw(fig.subplots())
    fig.savefig(out := io.BytesIO(), format="png")
    plt.close("all")
    return decoded(base64.b64encode(out.getvalue()).decode())


def bars(height):
    return drawn(lambda ax: (ax.bar([0, 1], [0.5, height]), ax.set(ylim=(0, 1))))


def curve(rise, **style):
    return drawn(lambda ax: (ax.plot([0, 1], [0, rise], **style), ax.set(ylim=(0, 1))))


def points(shift):
    at = [(0.1 * i, (0.37 * i) % 1) for i in range(10)]
    at[4] = (at[4][0], at[4][1] + shift)
    return drawn(lambda ax: (ax.plot(*zip(*at), ".", markersize=3), ax.set(ylim=(0, 1))))


def test_a_figure_that_an_eye_tells_apart_is_noticed():
    changed = [
        (bars(0.5), bars(0.51)),
        (curve(0.5), curve(0.51)),
        (curve(0.5), curve(0.5, color="C1")),
        (curve(0.5), curve(0.5, linestyle="--")),
        (points(0), points(0.02)),
        (drawn(lambda ax: ax.set(title="0.12")), drawn(lambda ax: ax.set(title="0.13"))),
        (drawn(lambda ax: ax.set(xlabel="mg")), drawn(lambda ax: ax.set(xlabel="kg"))),
    ]
    gaps = [visible_difference(a, b) for a, b in changed]
    assert min(gaps) > TOLERANCE, gaps


def test_the_last_digits_of_a_figure_are_not_noticed():
    same = [(curve(0.5), curve(0.5005)), (bars(0.5), bars(0.5 + 1e-6)), (points(0), points(1e-6))]
    assert all(visible_difference(a, b) < TOLERANCE for a, b in same)


def test_missing_and_resized_figures_are_noticed():
    assert changed_figures([curve(0.5)], []) == ["1 figures stored, 0 now"]
    assert len(changed_figures([curve(0.5)], [curve(0.5)[:-1]])) == 1
    assert changed_figures([curve(0.5)], [curve(0.5)]) == []


def test_frames_are_found_with_their_line_breaks():
    image = Image.new("RGB", (2, 2), "red")
    image.save(out := io.BytesIO(), "PNG")
    text = base64.b64encode(out.getvalue()).decode()
    html = f'frames[0] = "data:image/png;base64,{text[:40]}\\\n{text[40:]}"'
    [frame] = figures([{"data": {"text/html": html}}])
    assert frame.shape == (2, 2, 3) and frame[0, 0].tolist() == [255, 0, 0]
