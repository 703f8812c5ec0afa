"""`make run` serves the site with its due work beside it, and both end together."""

import os
import signal
import socket
import urllib.request

import pytest

from tests.repo.conftest import Clone

pytestmark = pytest.mark.commands


def test_it_serves_until_interrupted_and_leaves_no_process(clone: Clone, free_port: int) -> None:
    with clone.serving(free_port) as (process, lines):
        assert f"http://127.0.0.1:{free_port}/" in lines[-1]
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/", timeout=10) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to the terminal's whole foreground group
        process.wait(timeout=30)
    assert clone.processes() == {}


def test_static_files_are_served_to_be_kept(clone: Clone, free_port: int) -> None:
    with clone.serving(free_port):
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/", timeout=10) as answer:
            page = answer.read().decode()
        sheet = next(part for part in page.split('"') if part.startswith("/static/wuhao/wuhao."))
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}{sheet}", timeout=10) as answer:
            assert (answer.status, "immutable" in answer.headers["Cache-Control"]) == (200, True)


@pytest.mark.parametrize("child", ["gunicorn", "run_due"])
def test_when_one_of_the_two_dies_the_whole_ends_and_says_so(
    clone: Clone, free_port: int, child: str
) -> None:
    with clone.serving(free_port) as (process, _):
        found = [number for number, line in clone.processes().items() if child in line]
        for number in found:
            os.kill(number, signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
        assert (process.returncode != 0, "stopping the rest" in rest) == (True, True), rest
    assert clone.processes() == {}


def test_a_taken_port_is_said_before_anything_else(clone: Clone) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = clone.run(f"make run PORT={port}")
    first = done.stdout.splitlines()[0]
    assert (done.returncode, first.startswith(f"Port {port} of 127.0.0.1 is taken.")) == (2, True)


def test_a_port_that_is_no_port_is_refused(clone: Clone) -> None:
    done = clone.run("make run PORT=eight")
    assert done.stdout.splitlines()[0] == "PORT=eight is not a port number; choose one from 1024 to 65535."
