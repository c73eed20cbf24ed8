# SPDX-License-Identifier: Apache-2.0
"""Whole programs: each run with libgomp, then with Atoll, and what comes out compared."""
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from typing import Callable

from execute import Outcome, execute
from launch import THREADS, Launcher

KEPT = ("PATH", "HOME", "USER", "LANG")


@dataclass
class Whole:
    """{in} in an argument stands for the directory of inputs."""

    name: str
    command: list[str]
    # Files that the program writes and that count; standard output where there are none.
    results: list[str] = field(default_factory=list)
    # Lines that differ from run to run by nature.
    drop: str = r"(?!)"
    # Each must be found in what came out.
    demand: str = ""
    seconds: float = 120
    threads: int = THREADS
    # Several threads add in no fixed order: digits of numbers after these are left out.
    digits: int | None = None
    environment: dict[str, str] = field(default_factory=dict)


def rounded(text: str, digits: int) -> str:
    def shorter(match: re.Match) -> str:
        return f"{float(match.group()):.{digits}e}"

    return re.sub(r"[-+]?\d+\.\d+([eE][-+]?\d+)?", shorter, text)


class Comparison:
    def __init__(self, launcher: Launcher, cache: str, inputs: str, modes: list[int], say: Callable[[str], None] = print):
        self.launcher, self.cache, self.inputs, self.modes, self.say = launcher, cache, inputs, modes, say
        self.wrong = 0

    def _run(self, whole: Whole, processes: int) -> tuple[Outcome, str]:
        place = f"{self.cache}/run/{whole.name}.{processes}"
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        command = [word.replace("{in}", self.inputs) for word in whole.command]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"OMP_NUM_THREADS": str(whole.threads), "OMP_WAIT_POLICY": "passive", "TMPDIR": place}
        program = shutil.which(command[0]) or command[0]
        command = self.launcher.command(processes, program, command[1:], whole.threads)
        outcome = execute(command, environment | whole.environment, b"", place, whole.seconds)
        text = ""
        for name in whole.results or ["out"]:
            try:
                with open(f"{place}/{name}", encoding="latin-1") as file:
                    text += file.read()
            except OSError:
                text += f"no {name}\n"
        kept = [line for line in text.splitlines() if not re.search(whole.drop, line)]
        text = "\n".join(kept)
        return outcome, text if whole.digits is None else rounded(text, whole.digits)

    def run(self, whole: Whole) -> None:
        cells = []
        expected, wanted = self._run(whole, 0)
        if expected.is_hung or expected.code or (whole.demand and not re.search(whole.demand, wanted)):
            self.wrong += 1
            self.say(f"{whole.name:16} libgomp itself: code {expected.code}: {expected.err[-200:]}")
            return
        for processes in self.modes:
            found, text = self._run(whole, processes)
            symptom = ""
            if found.is_hung:
                symptom = f"hung after {found.seconds:.0f} s"
            elif found.code:
                symptom = f"code {found.code}"
            elif found.left:
                symptom = f"{found.left} processes left"
            elif whole.demand and not re.search(whole.demand, text):
                symptom = f"no {whole.demand}"
            elif text != wanted:
                pairs = zip(wanted.splitlines() + [""], text.splitlines() + [""])
                symptom = "other result: " + next((f"{b[:80]!r} for {a[:80]!r}" for a, b in pairs if a != b), "length")
            if symptom:
                self.wrong += 1
                self.say(f"wrong: {whole.name} [{processes}]: {symptom}; {' | '.join(found.err.splitlines()[-2:])[:200]}")
            cells.append(f"{processes}: {'WRONG' if symptom else 'ok'} {found.seconds:.1f} s".ljust(20))
        self.say(f"{whole.name:16} libgomp {expected.seconds:.1f} s".ljust(34) + "".join(cells))
        sys.stdout.flush()
