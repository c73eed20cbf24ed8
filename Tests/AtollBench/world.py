# SPDX-License-Identifier: Apache-2.0
"""The daemon, its API and the VMs of the lab that the bench runs in."""
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable

from measure import CannotMeasure, elapsed

LAB = os.environ.get("ATOLL_LAB", "")


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket, kept open between requests."""

    def __init__(self, path: str) -> None:
        super().__init__("atolld", timeout=120)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class API:
    def __init__(self, path: str) -> None:
        self.connection = Connection(path)

    def ask(self, method: str, path: str, body: dict | None = None) -> tuple[bytes, float]:
        """The answer's bytes, all of them read, and the milliseconds from the question to there."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        start = time.perf_counter_ns()
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = elapsed(start)
        if answer.status >= 300:
            raise CannotMeasure(f"{method} {path}: {answer.status} {content.decode()}")
        return content, took

    def get(self, path: str):
        return json.loads(self.ask("GET", path)[0])


class Daemon:
    """An atolld of its own, with a state directory of its own, as long as the `with` lasts."""

    def __init__(self, state: str | None = None) -> None:
        self.state = state or tempfile.mkdtemp(prefix="state.", dir=LAB)
        self.socket = f"{self.state}/atolld.sock"
        self.log = f"{LAB}/log/{os.path.basename(self.state)}.log"
        self.api = API(self.socket)

    def __enter__(self) -> "Daemon":
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["atolld", "--socket", self.socket, "--state-directory", self.state, "--log-level", "warning"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for("atolld", 120, self.is_ready)
        except BaseException:
            self.__exit__()
            raise
        return self

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8") as log:
                raise CannotMeasure(f"atolld ended with {self.process.returncode}: {log.read().strip()}")
        try:
            self.api.ask("GET", "/readyz")
            return True
        except (OSError, http.client.HTTPException, CannotMeasure):
            self.api.connection.close()
            return False

    def __exit__(self, *_) -> None:
        self.api.connection.close()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def wait_for(what: str, seconds: float, is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise CannotMeasure(f"{what}: not ready after {seconds:.0f} s")
        time.sleep(0.02)


def boot(*names: str) -> None:
    """Boots VMs at once and returns when each takes commands."""
    if not shutil.which("vm"):
        raise CannotMeasure("no Tests/Lab/vm on the path")
    starts = [(name, subprocess.Popen(["vm", "start", name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)) for name in names]
    for name, start in starts:
        said = start.communicate()[0]
        if start.returncode:
            raise CannotMeasure(f"{name} did not boot: {said.decode().strip()}")
