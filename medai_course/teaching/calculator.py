"""A risk score as a form in the page: it works in a browser, from a file, without a network."""

import json
import zlib
from html import escape

from IPython.display import HTML

from ..systems.risk_score import Measurement

SCRIPT = """
(function () {
  const box = document.getElementById("ID"), model = MODEL;
  const f = {"x": x => x, "log2(x)": Math.log2, "log2(1 + x)": x => Math.log2(1 + x)};
  function show() {
    let s = 0, wrong = "";
    box.querySelectorAll("[data-input]").forEach(field => {
      const part = model.inputs[field.dataset.input];
      if (part.shares) { s += part.shares[field.selectedIndex]; return; }
      const x = parseFloat(field.value);
      const ok = x >= part.low && x <= part.high;
      field.setAttribute("aria-invalid", String(!ok));
      if (!ok) wrong = part.name + " must be between " + part.low + " and " + part.high;
      s += part.coefficient * f[part.transform](x);
    });
    box.querySelectorAll("[data-time]").forEach(row => {
      const share = wrong ? NaN : Math.pow(model.baseline[row.dataset.time], Math.exp(s));
      row.querySelector("span").style.width = wrong ? "0" : 100 * share + "%";
      row.querySelector("output").textContent = wrong ? "–" : Math.round(100 * share) + " %";
    });
    box.querySelector("[data-note]").textContent = wrong || "s = " + s.toFixed(2);
  }
  box.addEventListener("input", show);
  show();
})();
"""
STYLE = """
#ID {border: 1px solid #6B7280; border-radius: 6px; padding: 0.8em; max-width: 40em}
#ID label, #ID [data-time] {display: flex; gap: 0.6em; align-items: center; margin: 0.25em 0}
#ID label > b, #ID [data-time] > b {flex: 0 0 46%; font-weight: normal}
#ID input, #ID select {flex: 1; min-width: 0; font: inherit; padding: 0.15em 0.3em}
#ID [aria-invalid=true] {outline: 2px solid #B22222}
#ID i {flex: 1; height: 0.9em; background: rgba(107, 114, 128, 0.25)}
#ID i span {display: block; height: 100%; background: #0072B2}
#ID output {flex: 0 0 3.2em; text-align: right}
"""


def calculator(score, outcome, unit="year", note=""):
    """A ``RiskScore`` as a form, for the last line of a cell.

    It computes ``score.rounded()``, whose numbers stand in the page, so that any answer can be
    checked by hand.  A value outside the patients that the model has seen gets no answer.

    Parameters
    ----------
    score : RiskScore
    outcome : str
        What the survival is: "free of recurrence".
    unit : str
        Of ``score.times``, singular.
    note : str
        A line below it: what it is for, and what not.

    Returns
    -------
    IPython.display.HTML
    """
    score = score.rounded()
    model = {
        "inputs": [_for_script(part) for part in score.inputs],
        "baseline": list(score.baseline),
    }
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    name = f"calculator-{zlib.crc32(text.encode()):08x}"
    rows = "".join(_field(i, part) for i, part in enumerate(score.inputs))
    bars = "".join(
        f'<div data-time="{i}"><b>{escape(outcome)}, {escape(unit)} {t:g}</b>'
        f'<i><span></span></i><output aria-live="polite"></output></div>'
        for i, t in enumerate(score.times)
    )
    return HTML(
        f'<style>{STYLE.replace("ID", name)}</style><div id="{name}">{rows}<hr>{bars}'
        f"<small><span data-note></span><br>{escape(note)}</small></div>"
        f"<script>{SCRIPT.replace('ID', name, 1).replace('MODEL', text, 1)}</script>"
    )


def _for_script(part):
    if isinstance(part, Measurement):
        return {
            "name": part.name,
            "coefficient": part.coefficient,
            "transform": part.transform,
            "low": part.ticks[0],
            "high": part.ticks[-1],
        }
    return {"name": part.name, "shares": list(part.shares.values())}


def _field(i, part):
    name = f"{part.name} ({part.unit})" if part.unit else part.name
    if isinstance(part, Measurement):
        low, high = part.ticks[0], part.ticks[-1]
        field = (
            f'<input data-input="{i}" type="number" min="{low}" max="{high}" value="{part.start}">'
        )
    else:
        chosen = {x: " selected" if x == part.start else "" for x in part.shares}
        options = "".join(f"<option{mark}>{escape(x)}</option>" for x, mark in chosen.items())
        field = f'<select data-input="{i}">{options}</select>'
    return f"<label><b>{escape(name)}</b>{field}</label>"
