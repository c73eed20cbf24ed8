# SPDX-License-Identifier: Apache-2.0
"""Times whole programs in two processes beside two threads of one process: in turn, least of several, by their own clocks."""
import os
import re
import subprocess
from dataclasses import asdict, dataclass

from whole import KEPT

VARIABLES = {"OMP_NUM_THREADS": "2", "OMP_DYNAMIC": "false", "OMP_WAIT_POLICY": "active", "OMP_PROC_BIND": "true"}
CLOCK = r"(?:Time in seconds|Elapsed time)\s+=\s+([0-9.]+)"
PATIENCE = 900


class Wrong(Exception):
    """It ended otherwise than it should, or its answer was not right."""


@dataclass
class Figure:
    name: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    # The median of the pairs' ratios: far from `ratio`, and the machine was busy.
    median: float
    runs: int


class Pairs:
    def __init__(self, launcher: str, runs: int):
        self.launcher, self.runs = launcher, runs

    @staticmethod
    def seconds(command: list[str], demand: str, more: dict[str, str]) -> float:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | VARIABLES | more
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        found = re.search(CLOCK, done.stdout)
        if done.returncode or not found or not re.search(demand, done.stdout):
            raise Wrong(f"{' '.join(command)}: code {done.returncode}; {done.stdout[-300:]} {done.stderr[-300:]}")
        return float(found.group(1))

    def local(self, command: list[str]) -> list[str]:
        variables = [word for name, value in VARIABLES.items() for word in ("-e", f"{name}={value}")]
        return [self.launcher, "--local", "2", "-t", "1", *variables, "--", *command]

    def figure(self, name: str, peer: str, command: list[str], demand: str, libraries: str) -> Figure:
        """- libraries: where the peer's library is; empty: where the program was linked."""
        there = {"LD_LIBRARY_PATH": libraries} if libraries else {}
        local = self.local(command)
        pairs = [(self.seconds(local, demand, {}), self.seconds(command, demand, there)) for _ in range(self.runs)]
        ours, theirs = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
        ratios = sorted(pair[0] / max(pair[1], 1e-6) for pair in pairs)
        return Figure(name, peer, ours, theirs, round(ours / max(theirs, 1e-6), 3), round(ratios[len(ratios) // 2], 3), self.runs)


def row(figure: Figure) -> str:
    return (f"{figure.name:14}{figure.peer:10}{figure.ours:10.3f} s{figure.theirs:10.3f} s{figure.ratio:9.3f}"
            f"{figure.median:9.3f}")


def heading() -> str:
    return f"{'':14}{'peer':10}{'Atoll':>12}{'peer':>12}{'ratio':>9}{'median':>9}"


def plain(figures: list[Figure]) -> list[dict]:
    return [asdict(figure) for figure in figures]
