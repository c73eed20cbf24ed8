# SPDX-License-Identifier: Apache-2.0
"""One program in all its ways, and what came of each."""
import argparse
import os
import shutil
from dataclasses import dataclass

from build import Builder, CannotBuild
from execute import Outcome, execute
from launch import THREADS, Launcher
from program import Program

KEPT = ("PATH", "HOME", "TMPDIR", "USER", "LANG")


@dataclass
class Result:
    name: str
    mode: str
    right: bool
    symptom: str
    seconds: float


def last(text: str, lines: int = 3) -> str:
    return " | ".join(text.strip().splitlines()[-lines:])[:300]


class Trial:
    def __init__(self, builder: Builder, launcher: Launcher, given: argparse.Namespace):
        self.builder, self.launcher, self.given = builder, launcher, given
        self.modes = [int(word) for word in given.modes.split(",") if int(word) > 0]
        self.clang_modes = [int(word) for word in given.clang_modes.split(",") if int(word) > 0]

    def _environment(self, one: Program, processes: int) -> dict[str, str]:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        # Nobody has the processors for itself here.
        environment |= {"OMP_NUM_THREADS": str(THREADS), "OMP_WAIT_POLICY": "passive"}
        environment["ATOLL_SUITE_PROCESSES"] = str(self.launcher.used(processes))
        if plugin := one.value("plugin"):
            environment["ATOLL_SUITE_PLUGIN"] = self.builder.shared(plugin)
        return environment | one.environment

    def _execute(self, one: Program, binary: str, processes: int, mode: str, limit: float = 0) -> Outcome:
        place = f"{self.builder.cache}/run/{one.name}.{mode.replace('/', '_')}"
        shutil.rmtree(place, ignore_errors=True)
        limit = limit or self.given.seconds * (3 if "slow" in one.words else 1)
        command = self.launcher.command(processes, binary, one.arguments)
        return execute(command, self._environment(one, processes), one.input, place, limit)

    @staticmethod
    def _lines(one: Program, text: str) -> list[str]:
        lines = text.splitlines()
        return sorted(lines) if "unordered" in one.words else lines

    def _symptom(self, one: Program, expected: Outcome, found: Outcome, processes: int) -> str:
        """Empty when it is right."""
        if found.is_hung:
            return f"hung; stdout: {last(found.out, 1)}; stderr: {last(found.err, 2)}"
        if found.left:
            return f"{found.left} processes left; stderr: {last(found.err)}"
        if one.refusal and processes > 1:
            code, text = one.refusal
            if found.code != code or text not in found.err:
                return f"not refused with {code} and '{text}': code {found.code}; stderr: {last(found.err)}"
            return ""
        if found.code != expected.code:
            return f"code {found.code}; stdout: {last(found.out)}; stderr: {last(found.err)}"
        if self._lines(one, found.out) != self._lines(one, expected.out):
            return f"other output: {last(found.out)}; stderr: {last(found.err)}"
        if "stderr" in one.words and self._lines(one, found.err) != self._lines(one, expected.err):
            return f"other stderr: {last(found.err)}"
        return ""

    def run(self, one: Program) -> list[Result]:
        results = []

        def note(mode: str, symptom: str, seconds: float = 0) -> None:
            results.append(Result(one.name, mode, not symptom, symptom, round(seconds, 2)))

        def series(binary: str, modes: list[int], prefix: str, expected: Outcome) -> None:
            for processes in modes:
                symptom, seconds = "", 0.0
                for time in range(self.given.repeat):
                    found = self._execute(one, binary, processes, f"{prefix}{processes}")
                    seconds += found.seconds
                    symptom = self._symptom(one, expected, found, processes)
                    if symptom and self.given.repeat > 1:
                        symptom = f"time {time + 1}: {symptom}"
                    if symptom:
                        break
                note(f"{prefix}{processes}", symptom, seconds)

        try:
            binary = self.builder.program(one)
            expected = self._execute(one, binary, 0, "libgomp")
            if expected.is_hung or expected.code != one.code:
                note("libgomp", f"code {expected.code}; {last(expected.out)}; {last(expected.err)}", expected.seconds)
                return results
            note("libgomp", "", expected.seconds)
            series(binary, self.modes, "", expected)
            for variant in one.variants:
                binary = self.builder.program(one, variant=variant)
                series(binary, [max(self.modes)], f"{variant} ", expected)
            if "clang" in one.words and self.clang_modes:
                series(self.builder.program(one, clang=True), self.clang_modes, "clang ", expected)
        except CannotBuild as error:
            note("build", str(error))
        return results

    def broken(self, one: Program) -> list[Result]:
        """The broken twin must be told from the sound one."""
        try:
            sound = self._execute(one, self.builder.program(one), 0, "libgomp")
            twin = self._execute(one, self.builder.program(one, broken=True), 0, "broken", limit=5)
        except CannotBuild as error:
            return [Result(one.name, "broken", False, str(error), 0)]
        told = bool(self._symptom(one, sound, twin, 0)) and sound.code == one.code
        return [Result(one.name, "broken", told, "" if told else "nothing tells it from the sound one", twin.seconds)]
