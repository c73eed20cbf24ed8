# SPDX-License-Identifier: Apache-2.0
"""The guest library's operations between two processes on two CPUs, each beside what does the same within one machine."""
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from figures import libgomp, ours, peer
from measure import Entry

RUNS = 15
OURS = "two processes of one thread, started by atoll-run --local 2, each kept to a CPU; the guests' build"
PIN = {"ATOLL_PIN": "spread"}

# Name: ours, peer, the peer's name, what the peer does.
ENTRIES: dict[str, tuple[Callable[[], float], Callable[[], float], str, str]] = {
    "sync.barrier.2": (
        lambda: ours("barrier", 200_000, **PIN), lambda: libgomp("barrier", 200_000), "libgomp, active",
        "#pragma omp barrier in two threads of one process"),
    "sync.barrier.floor": (
        lambda: ours("barrier", 200_000, **PIN), lambda: peer("processes", "barrier", 200_000), "sense reversal in C",
        "a sense-reversing barrier by hand between two processes that share a page"),
    "sync.lock.uncontended": (
        lambda: ours("lock", 1_000_000, processes=1, **PIN), lambda: peer("processes", "mutex-alone", 1_000_000),
        "pthread robust", "lock and unlock of a process-shared robust pthread mutex that nobody else wants"),
    "sync.lock.contended.2": (
        lambda: ours("lock", 300_000, **PIN), lambda: peer("processes", "mutex", 300_000), "pthread robust",
        "time a lock and unlock of a process-shared robust pthread mutex that two processes want all the time"),
    "sync.reduce.2": (
        lambda: ours("reduce", 100_000, **PIN), lambda: libgomp("reduce", 100_000), "libgomp, active",
        "a parallel region with reduction(+:) in two threads of one process"),
    "sync.for.dynamic.2": (
        lambda: ours("dynamic", 2_000_000, **PIN), lambda: libgomp("dynamic", 2_000_000), "libgomp, active",
        "one iteration of a loop with schedule(dynamic,1) in two threads of one process"),
    "sync.heap.2": (
        lambda: ours("heap", 1_000_000, **PIN), lambda: peer("heap", 1_000_000), "glibc malloc",
        "one step of the trace in each of two threads of one process"),
    "sync.barrier.oversubscribed": (
        lambda: ours("barrier", 5_000, processes=2, threads=2), lambda: libgomp("barrier", 5_000, 4, None),
        "libgomp, default policy", "#pragma omp barrier in four threads of one process, on the same CPUs"),
}
NAMES = list(ENTRIES)


def entries(_: ExitStack, names: list[str]) -> Iterator[Entry]:
    for name in names:
        mine, other, peer_name, peer_is = ENTRIES[name]
        yield Entry(name, mine, other, peer_name, RUNS, {"ours_is": OURS, "peer_is": peer_is}, unit="ns")
