# SPDX-License-Identifier: Apache-2.0
"""Taking a region's memory, against the system's own ways to take as much."""
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

from measure import CannotMeasure, Entry, command, elapsed

NAMES = ["host.fill.4GiB", "host.fill.4GiB.dd"]
DIRECTORY = "/dev/shm"
FILE = f"{DIRECTORY}/atoll-bench.fill"


def size() -> int:
    """4 GiB, or the largest power of two that leaves as much again free."""
    with open("/proc/meminfo", encoding="utf-8") as info:
        free = next(int(line.split()[1]) << 10 for line in info if line.startswith("MemAvailable"))
    free = min(free, shutil.disk_usage(DIRECTORY).free)
    bytes_ = 4 << 30
    while bytes_ > 64 << 20 and bytes_ * 2 > free:
        bytes_ >>= 1
    return bytes_


def entries(_: ExitStack, names: list[str]) -> Iterator[Entry]:
    program = shutil.which("atoll-fill") or os.path.join(os.path.dirname(shutil.which("atolld") or "."),
                                                         "../lib/atoll/atoll-fill")
    if not os.access(program, os.X_OK):
        raise CannotMeasure(f"no program {program}")
    bytes_ = size()
    said = {"bytes": bytes_, "cpus": os.cpu_count()}

    def fresh() -> None:
        if os.path.exists(FILE):
            os.unlink(FILE)

    def ours() -> float:
        fresh()
        with open(FILE, "wb") as file:
            file.truncate(bytes_)
        start = time.perf_counter_ns()
        # Its input stays open as long as somebody wants the memory.
        with subprocess.Popen([program, FILE, str(bytes_)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as filler:
            lines = filler.stdout.read().decode()
        took = elapsed(start)
        fresh()
        if filler.returncode:
            raise CannotMeasure(f"atoll-fill: {lines.strip()}")
        return took

    def peer(*words: str) -> float:
        fresh()
        took = command(*words)
        fresh()
        return took

    peers = {
        NAMES[0]: ("fallocate(1)", ["fallocate", "-l", str(bytes_), FILE]),
        NAMES[1]: ("dd bs=1M", ["dd", "if=/dev/zero", f"of={FILE}", "bs=1M", f"count={bytes_ >> 20}"]),
    }
    for name in names:
        title, words = peers[name]
        yield Entry(
            name, ours, lambda words=words: peer(*words), title, runs=5,
            explains={
                "ours_is": "atoll-fill from its start to its end, a fresh file of tmpfs; the ratio of times is the "
                           "inverse of that of GiB/s",
                "peer_is": f"`{' '.join(words)}`, from its start to its end",
            },
            beside=lambda: said, by_minima=True)
