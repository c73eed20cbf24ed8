# SPDX-License-Identifier: Apache-2.0
"""One program of the suite a thousand times, each time compared with what it does under libgomp."""
import contextlib
import os
import random
from typing import Iterator

from build import Builder, CannotBuild
from execute import execute
from launch import THREADS
from program import Program
from ranks import Ranks
from trial import last

# How the program is troubled, in turn.
MANNERS = ("plainly", "with delays", "on one processor", "as over a device")


@contextlib.contextmanager
def on_one_processor() -> Iterator[None]:
    """For what this thread starts."""
    were = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(were)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, were)


class Again:
    """- clang: as clang builds it; its answers are still those of gcc's under libgomp."""

    def __init__(
        self, builder: Builder, one: Program, times: int, inside: int, seconds: float, seed: int, clang: bool = False
    ):
        self.builder, self.one, self.times, self.seconds, self.seed = builder, one, times, seconds, seed
        self.variables = {"OMP_NUM_THREADS": str(THREADS), "OMP_WAIT_POLICY": "passive", "PATH": os.environ["PATH"]}
        self.variables |= one.environment
        self.binary, self.inside = builder.program(one), 1
        self.wanted = self._expected()
        if inside > 1 and one.language == "c":
            self._repeat(inside)
        if clang:
            self.binary = builder.program(one, clang=True) if self.inside == 1 else builder.again(one, clang=True)

    def _repeat(self, inside: int) -> None:
        """Where the program, as it is, can be run again in the process that it has run in."""
        once, single = self.wanted, self.binary
        self.binary = self.builder.again(self.one)
        self.variables["ATOLL_SUITE_TIMES"] = str(inside)
        try:
            self.wanted, self.inside = self._expected(), inside
        except CannotBuild:
            self.wanted = []
        if self.wanted != self._sorted(once * inside):
            self.wanted, self.inside, self.binary = once, 1, single

    def _sorted(self, lines: list[str]) -> list[str]:
        return sorted(lines) if "unordered" in self.one.words else lines

    def _expected(self) -> list[str]:
        command, place = [self.binary, *self.one.arguments], f"{self.builder.cache}/run/{self.one.name}.again"
        found = execute(command, self.variables, b"", place, self.seconds)
        if found.code != self.one.code:
            raise CannotBuild(f"{self.one.name}: libgomp itself: code {found.code}: {last(found.out)} {last(found.err)}")
        return self._sorted(found.out.splitlines())

    def _once(self, processes: int, number: int) -> str:
        """What was wrong; empty: nothing."""
        manner = MANNERS[number % len(MANNERS)]
        source = random.Random(f"{self.seed} {self.one.name} {processes} {number}")
        with on_one_processor() if manner == "on one processor" else contextlib.nullcontext():
            ranks = Ranks(self.builder.library, [self.binary, *self.one.arguments], processes, self.variables,
                          is_device=manner == "as over a device")
        ending = ranks.ending(self.seconds, source if manner == "with delays" else None)
        said = f"run {number}, {manner}: "
        if ending.is_hung:
            return said + f"hung; {last(ending.out, 1)}; {last(ending.err)}"
        if ending.left:
            return said + f"processes {ending.left} went on; {last(ending.err)}"
        if ending.codes[0] != self.one.code or any(ending.codes[1:]):
            return said + f"codes {ending.codes}; {last(ending.out, 2)}; {last(ending.err)}"
        lines = self._sorted(ending.out.splitlines())
        return "" if lines == self.wanted else said + f"other output: {last(ending.out)}; {last(ending.err)}"

    def run(self, processes: int) -> tuple[int, list[str]]:
        """How often it ran, and what was wrong."""
        runs = -(-self.times // self.inside)
        faults = []
        for number in range(runs):
            if fault := self._once(processes, number):
                faults.append(f"wrong: {self.one.name} in {processes} processes: {fault}")
                # Whoever hangs each time would do so for hours.
                if len(faults) == 5:
                    return (number + 1) * self.inside, faults
        return runs * self.inside, faults
