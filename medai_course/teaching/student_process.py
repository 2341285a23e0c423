"""What runs in a student's process: it executes the cells it is sent and calls what they define.

Started by `student.py` as ``python -m medai_course.teaching.student_process``.  It holds no tests
and gives no points: it can only answer what a call returned.
"""

from __future__ import annotations

import importlib
import os
import sys
import types
from contextlib import suppress

from .exchange import pack, receive, send, unpack


def main(memory_mb: int, preload: list[str]) -> None:
    """Load the modules ``preload``, then answer requests from standard input until it closes."""
    requests, replies = _take_over_standard_streams()
    _limit_resources(memory_mb)
    shell = _quiet_shell()
    for name in preload:
        with suppress(ImportError):
            importlib.import_module(name)
    answer = {"cell": _run_cell, "get": _get, "call": _call}
    send(replies, {"value": "ready"})
    while True:
        try:
            request = receive(requests)
        except EOFError:
            return
        try:
            reply = answer[request["do"]](shell, request)
            send(replies, reply)
        except BaseException as error:
            send(replies, {"error": _describe(error)})


def _take_over_standard_streams():
    """Move the line to the grader away from where print and input would reach it."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return requests, replies


def _limit_resources(memory_mb):
    with suppress(ImportError):  # there is no such module on Windows
        import resource

        wanted = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": 100_000_000, "RLIMIT_CPU": 3600}
        if memory_mb:
            wanted["RLIMIT_AS"] = memory_mb * 1_000_000
        for name, limit in wanted.items():
            with suppress(AttributeError, ValueError, OSError):  # macOS refuses RLIMIT_AS
                resource.setrlimit(getattr(resource, name), (limit, limit))


def _quiet_shell():
    """An IPython without history; `!command` and `%pip` do nothing, and otter checks nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Nothing is shown; `%matplotlib` asks for this."""

    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(config=config)
    shell.system = shell.getoutput = lambda *args, **kwargs: None
    otter = types.ModuleType("otter")
    otter.Notebook = _NoChecks
    sys.modules["otter"] = otter
    return shell


class _NoChecks:
    """Stands for otter's notebook: the checks that count are run elsewhere."""

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


def _run_cell(shell, request):
    result = shell.run_cell(request["source"], store_history=False)
    error = result.error_before_exec or result.error_in_exec
    return {"error": _describe(error)} if error else {"value": None}


def _get(shell, request):
    if request["name"] not in shell.user_ns:
        return {"missing": True}
    value = shell.user_ns[request["name"]]
    return {"callable": True} if callable(value) else {"value": pack(value)}


def _call(shell, request):
    function = shell.user_ns[request["name"]]
    result = function(*unpack(request["args"]), **unpack(request["kwargs"]))
    return {"value": pack(result)}


def _describe(error):
    """Name and message of an exception; asking for the message may itself fail."""
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:
        message = "(its message cannot be read)"
    return [type(error).__name__, message[:500]]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
