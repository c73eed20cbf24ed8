# SPDX-License-Identifier: Apache-2.0
"""Runs a command with a limit, in a session of its own, of which nothing is left afterwards."""
import os
import signal
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Outcome:
    code: int
    out: str
    err: str
    is_hung: bool
    left: int
    seconds: float


def members(session: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[3]) == session:
            found.append(int(entry))
    return found


def end(session: int) -> int:
    """Kills what is in the session, politely first; how many there were."""
    there = members(session)
    for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
        for pid in members(session):
            try:
                os.kill(pid, number)
            except OSError:
                pass
        limit = time.monotonic() + patience
        while members(session) and time.monotonic() < limit:
            time.sleep(0.02)
    return len(there)


def execute(command: list[str], environment: dict[str, str], given: bytes, place: str, seconds: float) -> Outcome:
    begun = time.monotonic()
    os.makedirs(place, exist_ok=True)
    # To files, not pipes: a process that stays behind would hold a pipe open.
    with open(place + "/in", "wb") as file:
        file.write(given)
    with open(place + "/in", "rb") as feed, open(place + "/out", "wb") as out, open(place + "/err", "wb") as err:
        process = subprocess.Popen(command, stdin=feed, stdout=out, stderr=err, cwd=place, env=environment,
                                   start_new_session=True)
        try:
            code, is_hung = process.wait(seconds), False
        except subprocess.TimeoutExpired:
            code, is_hung = -1, True
        took = time.monotonic() - begun
        left = end(process.pid)
        process.wait()
    texts = []
    for name in ("out", "err"):
        with open(f"{place}/{name}", "rb") as file:
            texts.append(file.read(4 << 20).decode(errors="replace"))
    # As a shell tells it.
    code = 128 - code if code < 0 and not is_hung else code
    return Outcome(code, *texts, is_hung, 0 if is_hung else left, took)
