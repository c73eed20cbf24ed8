# SPDX-License-Identifier: Apache-2.0
"""OpenMP's constructs in two processes of one thread, beside two threads of one process under libgomp and LLVM's libomp.

The program is gcc's beside libgomp, and clang's beside libomp: each runtime with the compiler that it is of. libomp
comes from PyPI (`run` fetches it); its entries are there where it could be had.
"""
import os
from collections.abc import Iterator
from contextlib import ExitStack

from figures import WORK, figure
from measure import Entry

RUNS = 11
# Rounds, so that a run takes tenths of a second.
ROUNDS = {
    "parallel": 200_000, "barrier": 500_000, "for.static": 300_000, "for.dynamic": 5_000, "single": 300_000,
    "critical": 1_000_000, "ordered": 500_000, "ordered.sum": 500_000, "reduction": 100_000, "task": 200_000,
    "taskloop": 20_000, "triad": 3_000,
}
LIBOMP = f"{WORK}/libomp"
HAS_LIBOMP = os.path.isdir(LIBOMP)
NAMES = [f"omp.{what}.2{peer}" for peer in ([""] + [".libomp"] * HAS_LIBOMP) for what in ROUNDS]
VARIABLES = {"OMP_NUM_THREADS": "2", "OMP_DYNAMIC": "false", "OMP_WAIT_POLICY": "active", "OMP_PROC_BIND": "true"}
OURS = "two processes of one thread, started by atoll-run --local 2; the guests' runtime, the program as {} linked it"


def ours(program: str, what: str, rounds: int) -> float:
    return figure("atoll-run", "--local", "2", "-t", "1", "--", program, what, str(rounds), **VARIABLES)


def peer(program: str, what: str, rounds: int, libraries: str) -> float:
    variables = VARIABLES | ({"LD_LIBRARY_PATH": libraries} if libraries else {})
    return figure(program, what, str(rounds), **variables)


def entry(name: str) -> Entry:
    what = name.removeprefix("omp.").removesuffix(".libomp").removesuffix(".2")
    is_libomp = name.endswith(".libomp")
    program = f"{WORK}/peers/openmp{'.clang' if is_libomp else ''}"
    return Entry(
        name, lambda: ours(program, what, ROUNDS[what]),
        lambda: peer(program, what, ROUNDS[what], LIBOMP if is_libomp else ""),
        "libomp, active" if is_libomp else "libgomp, active", RUNS,
        {"ours_is": OURS.format("clang" if is_libomp else "gcc"),
         "peer_is": "the same program in two threads of one process"}, unit="ns", by_minima=True)


def entries(_: ExitStack, names: list[str]) -> Iterator[Entry]:
    yield from map(entry, names)
