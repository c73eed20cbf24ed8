# SPDX-License-Identifier: Apache-2.0
"""OpenMP's constructs in two processes of one thread, beside two threads of one process under libgomp and LLVM's libomp.

libomp comes from PyPI (`run` fetches it); its entries are there where it could be had.
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
    "critical": 1_000_000, "ordered": 500_000, "reduction": 100_000, "task": 200_000, "taskloop": 20_000, "triad": 3_000,
}
LIBOMP = f"{WORK}/libomp"
HAS_LIBOMP = os.path.isdir(LIBOMP)
NAMES = [f"omp.{what}.2{peer}" for peer in ([""] + [".libomp"] * HAS_LIBOMP) for what in ROUNDS]
VARIABLES = {"OMP_NUM_THREADS": "2", "OMP_DYNAMIC": "false", "OMP_WAIT_POLICY": "active", "OMP_PROC_BIND": "true"}
OURS = "two processes of one thread, started by atoll-run --local 2; the guests' runtime, the program as gcc linked it"


def ours(what: str, rounds: int) -> float:
    return figure("atoll-run", "--local", "2", "-t", "1", "--", f"{WORK}/peers/openmp", what, str(rounds), **VARIABLES)


def peer(what: str, rounds: int, libraries: str) -> float:
    variables = VARIABLES | ({"LD_LIBRARY_PATH": libraries} if libraries else {})
    return figure(f"{WORK}/peers/openmp", what, str(rounds), **variables)


def entries(_: ExitStack, names: list[str]) -> Iterator[Entry]:
    for name in names:
        what = name.removeprefix("omp.").removesuffix(".libomp").removesuffix(".2")
        rounds, is_libomp = ROUNDS[what], name.endswith(".libomp")
        yield Entry(
            name, lambda: ours(what, rounds), lambda: peer(what, rounds, LIBOMP if is_libomp else ""),
            "libomp, active" if is_libomp else "libgomp, active", RUNS,
            {"ours_is": OURS, "peer_is": "the same program in two threads of one process"}, unit="ns", by_minima=True)
