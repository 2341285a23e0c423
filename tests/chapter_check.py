"""The anatomy of a chapter, its parts in their order: functions that return what is missing."""

import re

from .book_check import code_cells, markdown, number_of_figures, quiz_questions, tags
from .myst_blocks import every_block, prose, sections, split

SECTIONS = [
    "You will be able to",
    "The clinical question",
    "The data",
    "The idea, then the formula",
    "From scratch, then in the frameworks",
    "Does it work?",
    "What the source got wrong",
    "Limits and challenges",
    "Exercises",
    "Summary",
]
FACTS = {
    "minutes to read": r"\d+ ?min",
    "seconds to run": r"\d+ ?s\b",
    "memory": r"\d[\d.]* ?[MG]B",
    "data sets": r"\bdata\b",
    "level": r"\blevel\b",
}
WORDS = (2000, 4000)


def missing_sections(text):
    titles = [t for t in sections(text) if t in SECTIONS]
    if titles == SECTIONS:
        return []
    absent = [title for title in SECTIONS if title not in titles]
    return [f"missing section {title!r}" for title in absent] or [
        f"the sections are in another order: {titles}"
    ]


def missing_facts(text):
    """The line of facts stands between the title and the first section."""
    head = text.split("\n## ")[0]
    return [
        f"no {what} in the line of facts" for what, p in FACTS.items() if not re.search(p, head)
    ]


def opening_problems(text):
    """What the first section promises: at most five verbs, what is needed, what may be skipped."""
    opening = sections(text).get(SECTIONS[0], "")
    verbs = len(re.findall(r"^(?:[-*]|\d+\.) ", split(opening)[1], re.M))
    return (
        [f"{verbs} things you will be able to do; write 1 to 5"] * (not 1 <= verbs <= 5)
        + ["the opening does not say 'You need'"] * (not re.search("You need", opening))
        + ["two doors: say what a clinician and what an engineer may skip"]
        * (len(re.findall(r"\bskip\b", opening)) < 2)
    )


def missing_parts(notebook):
    """What the sections must hold beside prose."""
    text, code = markdown(notebook), "\n".join(c.source for c in code_cells(notebook))
    found = every_block(text)
    cell_tags = {tag for c in code_cells(notebook) for tag in tags(c)}
    parts = {
        "an algorithm box (prf:algorithm)": any(b.name == "prf:algorithm" for b in found),
        "a numbered formula (math with :label:)": any(
            b.name == "math" and "label" in b.options for b in found
        ),
        "code of the package (literalinclude with :pyobject:)": any(
            b.name == "literalinclude" and "pyobject" in b.options for b in found
        ),
        "a parity table (parity_table(...))": "parity_table(" in code,
        "a 'For teachers' dropdown": any(
            b.argument == "For teachers" and (b.name == "dropdown" or b.has_class("dropdown"))
            for b in found
        ),
    }
    tabs = {f"a tab:{n} cell": f"tab:{n}" in cell_tags for n in ("numpy", "pytorch", "tensorflow")}
    problems = [f"missing {what}" for what, there in (parts | tabs).items() if not there]
    figures = number_of_figures(notebook)
    return problems + [f"{figures} figures; at least 3 are needed"] * (figures < 3)


def exercise_problems(notebook):
    """Two quick questions; three exercises, each with a hint and a solution in a dropdown."""
    found = every_block(markdown(notebook))
    starts = [i for i, b in enumerate(found) if b.name in ("exercise", "exercise-start")]
    quick = quiz_questions(notebook)
    problems = [f"{quick} quick questions; at least 2 are needed"] * (quick < 2)
    problems += [f"{len(starts)} exercises; at least 3 are needed"] * (len(starts) < 3)
    for start, end in zip(starts, [*starts[1:], len(found)]):
        label = found[start].options.get("label", "")
        after = found[start + 1 : end]
        if not any(is_hint(b) for b in after):
            problems.append(f"exercise {label!r} has no hint in a dropdown")
        if not any(is_solution(b, label) for b in after):
            problems.append(f"exercise {label!r} has no solution in a dropdown")
    return problems


def summary_problems(text):
    summary = sections(text).get("Summary", "")
    points = len(re.findall(r"^(?:[-*]|\d+\.) ", split(summary)[1], re.M))
    return [f"{points} points in the summary; write 1 to 6"] * (not 1 <= points <= 6) + [
        "no further reading: the summary cites nothing"
    ] * ("{cite" not in summary)


def is_hint(block):
    folded = block.name == "dropdown" or block.has_class("dropdown")
    return folded and (block.name == "hint" or block.argument.startswith("Hint"))


def is_solution(block, label):
    named = block.name in ("solution", "solution-start") and block.argument == label
    return named and block.has_class("dropdown")


def number_of_words(text):
    """Words of a sitting: hints, solutions and notes for teachers are folded away."""
    gated = r"^(`{3,}|:{3,})\{solution-start\}.*?\{solution-end\}\s*\1$"
    open_text = re.sub(gated, "", text, flags=re.M | re.S)
    folded = lambda b: b.name in ("dropdown", "solution") or b.has_class("dropdown")
    return len(re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", prose(open_text, without=folded)))


def wrong_length(text, least=WORDS[0], most=WORDS[1]):
    words = number_of_words(text)
    return [f"{words} words; a sitting is {least} to {most}"] * (not least <= words <= most)
