# SPDX-License-Identifier: Apache-2.0
"""The NAS kernels, class W, in two processes of one thread beside two threads of one process under libgomp.

Their sources are no part of Atoll: ATOLL_REAL names where they are (Tests/AtollOpenMP/real says how they come there).
Without it there are no entries.
"""
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from measure import CannotMeasure, Entry

OPENMP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../AtollOpenMP/suite_parts")
sys.path.append(OPENMP)
from real_programs import KERNELS, CannotMake, Workshop  # noqa: E402
from timing import Pairs, Wrong  # noqa: E402

SOURCES = os.environ.get("ATOLL_REAL", "")
NAMES = [f"omp.nas.{kernel}.2" for kernel in KERNELS] if os.path.isdir(SOURCES + "/npb") else []
RUNS = 5


def entries(_: ExitStack, names: list[str]) -> Iterator[Entry]:
    workshop = Workshop(SOURCES, os.environ["ATOLL_BENCH_WORK"] + "/real", "W")
    pairs = Pairs("atoll-run", RUNS)
    for name in names:
        try:
            whole = workshop.npb(name.split(".")[2])
        except CannotMake as error:
            raise CannotMeasure(f"{name}: {error}") from error

        def seconds(command: list[str]) -> float:
            try:
                return pairs.seconds(command, whole.demand, {})
            except Wrong as error:
                raise CannotMeasure(str(error)) from error

        yield Entry(
            name, lambda: seconds(pairs.local(whole.command)), lambda: seconds(whole.command), "libgomp, active", RUNS,
            {"ours_is": "two processes of one thread, started by atoll-run --local 2; the program's own clock",
             "peer_is": "the same program in two threads of one process"}, unit="s", by_minima=True)
