# SPDX-License-Identifier: Apache-2.0
"""Times two ways to do one thing in turn, ours then the peer's, so that both see the machine in the same mood."""
import json
import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field


class CannotMeasure(Exception):
    """Why an entry has no figure."""


@dataclass
class Entry:
    """What one entry measures. `ours` and `peer` do it once and give its time in `unit`; all else is not timed."""

    name: str
    ours: Callable[[], float]
    peer: Callable[[], float]
    peer_name: str
    runs: int
    # What the two figures hold, in words.
    explains: dict[str, str]
    # Figures that help to read these two, asked for after the runs.
    beside: Callable[[], dict] = field(default=dict)
    unit: str = "ms"
    # The ratio is of the two minima, and not the median of the pairs' ratios.
    by_minima: bool = False


def elapsed(since: int) -> float:
    """Milliseconds since a `time.perf_counter_ns()`."""
    return (time.perf_counter_ns() - since) / 1e6


def command(*words: str) -> float:
    """Milliseconds that a program takes from its start to its end; what it writes is read."""
    start = time.perf_counter_ns()
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    took = elapsed(start)
    if done.returncode:
        raise CannotMeasure(f"`{' '.join(words)}` ended with {done.returncode}: {done.stdout.decode().strip()}")
    return took


def in_turn(entry: Entry) -> list[tuple[float, float]]:
    """The pairs of (ours, peer). A first pair warms caches and is thrown away."""
    return [(entry.ours(), entry.peer()) for _ in range(entry.runs + 1)][1:]


def summary(values: list[float]) -> dict[str, float]:
    return {"min": round(min(values), 3), "median": round(statistics.median(values), 3)}


class Bench:
    def __init__(self, pingpong: str, accel: str) -> None:
        self.pingpong_program = pingpong
        self.machine = {"cpu": cpu_model(), "kernel": platform.release(), "accel": accel}

    def pingpong(self) -> dict | None:
        done = subprocess.run([self.pingpong_program], capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    def measure(self, entry: Entry) -> dict:
        before = self.pingpong()
        pairs = in_turn(entry)
        after = self.pingpong()
        ours, peer = ([pair[side] for pair in pairs] for side in (0, 1))
        return {
            "name": entry.name,
            "unit": entry.unit,
            "ours": summary(ours),
            "peer": {"name": entry.peer_name, **summary(peer)},
            "ratio": round(min(ours) / min(peer) if entry.by_minima else statistics.median(a / b for a, b in pairs), 3),
            "runs": len(pairs),
            "context": {
                **self.machine,
                "pingpong_ns": {"before": before, "after": after},
                **entry.explains,
                "beside": entry.beside(),
            },
        }


def cpu_model() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        models = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return f"{len(models)} x {models[0]}" if models else platform.machine()
