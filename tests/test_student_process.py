"""The loop in a student's process, run here on messages in memory."""

import io
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell

from medai_course.teaching import exchange, student_process


@pytest.fixture
def answers(monkeypatch):
    """A function: requests to replies."""
    monkeypatch.setattr(student_process, "_limit_resources", lambda memory: None)
    monkeypatch.setitem(sys.modules, "otter", None)  # this and the next: put back afterwards
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "displayhook", sys.displayhook)

    def run(*requests, preload=()):
        incoming, outgoing = io.BytesIO(), io.BytesIO()
        for request in requests:
            exchange.send(incoming, request)
        incoming.seek(0)
        streams = lambda: (incoming, outgoing)
        monkeypatch.setattr(student_process, "_take_over_standard_streams", streams)
        student_process.main(0, list(preload))
        outgoing.seek(0)
        return [exchange.receive(outgoing) for _ in range(len(requests) + 1)]

    yield run
    type(InteractiveShell.instance()).clear_instance()


def call(name, *args):
    return {"do": "call", "name": name, "args": exchange.pack(args), "kwargs": exchange.pack({})}


def test_requests_are_answered_in_order(answers):
    replies = answers(
        {"do": "cell", "source": "def f(x):\n    return [x, x]\nn = 3"},
        {"do": "get", "name": "f"},
        {"do": "get", "name": "n"},
        {"do": "get", "name": "m"},
        call("f", 2.5),
        preload=["json", "no_such_module"],
    )
    twice = {"kind": "list", "items": [2.5, 2.5]}
    assert replies == [
        {"value": "ready"}, {"value": None}, {"callable": True}, {"value": 3}, {"missing": True},
        {"value": twice},
    ]  # fmt: skip


def test_errors_are_answers_too(answers):
    replies = answers(
        {"do": "cell", "source": "1 / 0"},
        {"do": "cell", "source": "def f(:"},
        {"do": "cell", "source": "g = lambda: {1, 2}\ndef h(): raise SystemExit"},
        call("g"),
        call("h"),
        {"do": "unheard of"},
    )
    errors = [reply["error"][0] for reply in replies if "error" in reply]
    assert errors == ["ZeroDivisionError", "SyntaxError", "ValueError", "SystemExit", "KeyError"]


def test_otters_checks_and_shell_commands_do_nothing(answers):
    source = "import otter\ngrader = otter.Notebook('a.ipynb')\ngrader.check_all()\n!exit 3\n%gui"
    assert answers({"do": "cell", "source": source})[1] == {"value": None}
