"""Serve the application with gunicorn and the due-work runner beside it; the two live and die together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

PATIENCE = 10.0  # seconds a child is given to end by itself
PR_SET_PDEATHSIG = 1  # Linux: the signal a child gets when its parent dies, however it dies

_libc = ctypes.CDLL(None)


class StopRequest(Exception):
    """Somebody asked this process to end."""


def serve(port: int) -> int:
    """Run both children until a signal comes (returns 0) or one of them ends (says which, returns 1)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        children["the web server"] = _start(_web_server(port))
        children["the due-work runner"] = _start([sys.executable, "manage.py", "run_due", "--watch"])
        _wait(children, until=lambda: _answers(port))
        print(f"\nserving: http://127.0.0.1:{port}/ (Ctrl-C ends it)")
        _wait(children, until=lambda: False)
    except StopRequest:
        print("\nstopping")
        return 0
    except ChildProcessError as error:
        print(f"{error}; stopping the rest", file=sys.stderr)
        return 1
    finally:
        _end(list(children.values()))
    return 0


def _web_server(port: int) -> list[str]:
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--preload",
        "--no-control-socket",
        "--timeout",
        "300",  # seconds: a large export is written row by row
        "--graceful-timeout",
        "5",
    ]
    return [sys.executable, "-m", "gunicorn", "config.wsgi", "--log-level", "warning", *options]


def _stop(number: int, frame: FrameType | None) -> None:
    # A second Ctrl-C must not interrupt the ending of the children.
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise StopRequest


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C reaches only this process, which then ends the child in order.
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: PLW1509, S603


def _end_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(children: dict[str, subprocess.Popen[bytes]], until: Callable[[], bool]) -> None:
    """Return when `until()` is true. Raises ChildProcessError as soon as a child has ended."""
    while not until():
        for name, child in children.items():
            if child.poll() is not None:
                raise ChildProcessError(f"{name} ended with code {child.returncode}")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        _signal_group(child, signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.1, until - time.monotonic()))
        _signal_group(child, signal.SIGKILL)  # whatever is left of its group
        child.wait()


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
