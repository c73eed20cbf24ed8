# SPDX-License-Identifier: Apache-2.0
"""What a barrier takes as teams grow past the machine's CPUs. Oversubscribed, and said so."""
import os
from collections.abc import Iterator
from contextlib import ExitStack

from figures import libgomp, ours
from measure import Entry

# Threads in all, over so many processes.
SHAPES = [(threads, processes) for threads in (1, 2, 4, 8, 16, 32) for processes in (1, 2, 4) if processes <= threads]
NAMES = [f"sync.barrier.growth.{threads}x{processes}" for threads, processes in SHAPES]


def entries(_: ExitStack, names: list[str]) -> Iterator[Entry]:
    cpus = len(os.sched_getaffinity(0))
    for name, (threads, processes) in zip(NAMES, SHAPES):
        if name not in names:
            continue
        rounds = 50_000 if threads <= cpus else 20_000 // threads
        yield Entry(
            name, lambda t=threads, p=processes, r=rounds: ours("barrier", r, p, t // p),
            lambda t=threads, r=rounds: libgomp("barrier", r, t, None), "libgomp, default policy", runs=3,
            explains={
                "ours_is": f"a barrier of {threads} threads in {processes} processes, on {cpus} CPUs"
                           + (" (oversubscribed)" if threads > cpus else ""),
                "peer_is": f"#pragma omp barrier of {threads} threads in one process",
            }, unit="ns")
