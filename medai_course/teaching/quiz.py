"""Quick questions in the page: answered with a click, marked at once, with a reason."""

import random

from jupyterquiz import display_quiz

COLORS = {
    "--jq-multiple-choice-bg": "#1F4E79",
    "--jq-numeric-bg": "#1F4E79",
    "--jq-correct-color": "#006B3C",
    "--jq-incorrect-color": "#B22222",
    "--jq-text-color": "#FFFFFF",
}


def choice(question, right, wrong):
    """A multiple-choice question.

    Parameters
    ----------
    question : str
    right : tuple of (str, str)
        The right answer, and why it is right.
    wrong : dict of str to str
        Each wrong answer, and the thought that leads to it.
    """
    answers = [{"answer": right[0], "correct": True, "feedback": right[1]}]
    answers += [{"answer": a, "correct": False, "feedback": why} for a, why in wrong.items()]
    random.Random(question).shuffle(answers)
    return {"question": question, "type": "multiple_choice", "answers": answers}


def number(question, value, why, hints, otherwise):
    """A question whose answer is a number.

    Parameters
    ----------
    question : str
    value : float
        The right answer; it is compared to the precision with which it is given here.
    why : str
        Shown for the right answer.
    hints : dict of float to str
        Wrong answers worth a word of their own.
    otherwise : str
        Shown for any other answer.
    """
    answers = [{"type": "value", "value": value, "correct": True, "feedback": why}]
    answers += [
        {"type": "value", "value": v, "correct": False, "feedback": hint}
        for v, hint in hints.items()
    ]
    answers.append({"type": "default", "feedback": otherwise})
    return {"question": question, "type": "numeric", "answers": answers}


def quiz(*questions):
    """Show ``questions`` made by `choice` and `number`."""
    display_quiz(list(questions), shuffle_answers=False, colors=COLORS, max_width=760)
