"""A student's notebook in a process of its own, asked from outside what its functions return."""

from __future__ import annotations

import os
import queue
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import medai_course

from .exchange import pack, receive, send, unpack

START_SECONDS = 60  # for Python to start, before any of the student's code runs
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "MEDAI_DATA_DIR")


class StudentError(Exception):
    """What the student's code did instead of returning a value."""


class Stopped(StudentError):
    """The student's process hung, or ended by itself."""


class OutOfTime(StudentError):
    """The submission has used its time."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    step : float
        Seconds for one cell, or one call of a function.
    total : float
        Seconds for the whole submission.
    memory_mb : int
        Address space in MB; 0 sets no limit.  Has no effect on Windows and macOS.
    """

    step: float = 20.0
    total: float = 100.0
    memory_mb: int = 2000


class Student:
    """The cells of one notebook, executed in order in a fresh folder and process.

    A cell that hangs or ends the process is left out and the others are run again without it; a
    function that does so is not called again.  Both are told in ``remarks``.  Use in a ``with``
    statement, which ends the process and removes the folder.

    Parameters
    ----------
    cells : list of str
        The sources of the code cells.
    limits : Limits
    preload : sequence of str
        Modules to import before the clock of the first cell starts.
    """

    def __init__(self, cells: list[str], limits: Limits, preload: Sequence[str] = ()):
        self.cells = cells
        self.limits = limits
        self.preload = preload
        self.remarks: list[str] = []
        self._skipped: set[int] = set()
        self._dead: dict[str, str] = {}
        self._process: subprocess.Popen | None = None
        self._line: threading.Thread | None = None

    def __enter__(self) -> Student:
        self._folder = tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)
        self._deadline = time.monotonic() + self.limits.total
        with suppress(OutOfTime):
            self._start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._kill()
        self._folder.cleanup()

    def get(self, name: str, default: Any = None) -> Any:
        """What the notebook calls ``name``: a value, or a function that asks the process.

        A name the notebook does not define gives a function that raises StudentError, since otter's
        checks ask for all names before they start.
        """
        reply = self._ask_alive({"do": "get", "name": name})
        if reply.get("missing"):
            self._dead[name] = f"{name} is not defined"
            self._remark(self._dead[name])
        if reply.get("missing") or reply.get("callable"):
            return lambda *args, **kwargs: self.call(name, *args, **kwargs)
        return _value(reply)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """What the student's function returns; StudentError where it raises, hangs or crashes."""
        if name in self._dead:
            raise StudentError(self._dead[name])
        request = {"do": "call", "name": name, "args": pack(args), "kwargs": pack(kwargs)}
        try:
            return _value(self._ask_alive(request))
        except Stopped as error:
            self._dead[name] = f"{name} {error}"
            self._remark(self._dead[name])
            raise

    def _start(self):
        """Execute the cells, again without each one that stops the process."""
        while True:
            self._spawn()
            for i, source in enumerate(self.cells):
                if i in self._skipped:
                    continue
                try:
                    reply = self._ask({"do": "cell", "source": source})
                except Stopped as error:
                    self._remark(f"code cell {i + 1} {error}")
                    self._skipped.add(i)
                    break
                if "error" in reply:
                    self._remark(f"code cell {i + 1}: {_text(reply['error'])}")
            else:
                return

    def _spawn(self):
        self._kill()
        worker = [sys.executable, "-m", f"{__package__}.student_process"]
        self._process = subprocess.Popen(
            [*worker, str(self.limits.memory_mb), *self.preload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=_environment(self._folder.name),
            start_new_session=True,
        )
        self._wait_for_reply(None, START_SECONDS)

    def _ask_alive(self, request):
        if self._process is None:
            self._start()
        return self._ask(request)

    def _ask(self, request):
        """Send ``request`` and wait for the reply; a process that gives none in time is ended."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._kill()
            self._remark(f"the {self.limits.total:g} s for a submission were used up")
            raise OutOfTime(self.remarks[-1])
        return self._wait_for_reply(request, min(self.limits.step, left))

    def _wait_for_reply(self, request, seconds):
        replies: queue.Queue = queue.Queue()
        self._line = threading.Thread(
            target=_talk, args=(self._process, request, replies), daemon=True
        )
        self._line.start()
        try:
            reply = replies.get(timeout=seconds)
        except queue.Empty:
            self._kill()
            raise Stopped(f"ran for more than {seconds:.0f} s") from None
        if isinstance(reply, Exception):
            raise Stopped(f"ended the process ({self._how_it_ended()})")
        return reply

    def _how_it_ended(self):
        process = self._process
        try:
            code = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = None
        self._kill()
        if code is None:
            return "what it sent cannot be read"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _kill(self):
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(AttributeError, ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # its session: children go with it
        process.kill()
        process.wait()
        self._line.join(timeout=1)
        if not self._line.is_alive():  # a child that left the session may still hold the line
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    stream.close()

    def _remark(self, text):
        if text not in self.remarks:
            self.remarks.append(text)


def _talk(process, request, replies):
    try:
        if request is not None:
            send(process.stdin, request)
        replies.put(receive(process.stdout))
    except (OSError, EOFError, ValueError) as error:
        replies.put(error)


def _value(reply):
    if "error" in reply:
        raise StudentError(_text(reply["error"]))
    return unpack(reply.get("value"))


def _text(error):
    kind, message = (str(part) for part in error)
    return f"{kind}: {message}" if message else kind


def _environment(folder):
    """Enough to import the course's packages; nothing else of the grader's environment."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {
        "HOME": folder,
        "TMPDIR": folder,
        "IPYTHONDIR": folder,
        "PYTHONUSERBASE": site.getuserbase() or folder,
        "PYTHONPATH": str(Path(medai_course.__file__).parents[1]),
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
