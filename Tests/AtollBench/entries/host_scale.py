# SPDX-License-Identifier: Apache-2.0
"""What an event of the hypervisor costs a daemon with many groups against one with few."""
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from figures import WORK
from measure import CannotMeasure, Entry

NAMES = ["host.event.cost"]
FEW, SOME, MANY = 10, 100, 1000
MEMBERS = 10


class Service:
    """The daemon's service over a hypervisor of records, as long as the `with` lasts."""

    def __init__(self, groups: int) -> None:
        self.groups = groups

    def __enter__(self) -> "Service":
        self.process = subprocess.Popen([f"{WORK}/atoll-host-bench", str(self.groups)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise CannotMeasure(f"atoll-host-bench {self.groups} did not become ready")
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def ask(self, word: str) -> float:
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise CannotMeasure(f"atoll-host-bench {self.groups} ended at {word}")
        return float(answer)

    def median(self, word: str, runs: int = 5) -> float:
        return round(statistics.median(self.ask(word) for _ in range(runs)), 3)


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    few, some, many = (stack.enter_context(Service(groups)) for groups in (FEW, SOME, MANY))
    yield Entry(
        NAMES[0], lambda: many.ask("event"), lambda: few.ask("event"), f"the same with {FEW} groups", runs=21,
        unit="us",
        explains={
            "ours_is": f"from the word that a VM stopped or started until ledger and region say so and followers are "
                       f"told, mean of 200, in a service with {MANY} groups, {MANY * MEMBERS} members and {MANY} regions",
            "peer_is": f"the same with {FEW} groups and {FEW * MEMBERS} members, in the same run",
        },
        beside=lambda: {
            f"event_us_{SOME}": some.median("event"),
            **{f"{what}_ms_{service.groups}": service.median(word)
               for what, word in (("start", "start"), ("region_in_10_vms", "attach"), ("list_after_change", "list"),
                                  ("list_again", "look"))
               for service in (few, some, many)},
        })
