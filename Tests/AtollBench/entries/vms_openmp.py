# SPDX-License-Identifier: Apache-2.0
"""An OpenMP program over two VMs beside the same program in one: what a second VM is worth."""
import os
from collections.abc import Iterator
from contextlib import ExitStack

from figures import figure, output
from measure import Entry
from world import Daemon, boot, wait_for

NAMES = ["vm.ep.speedup"]
GROUP, REGION = "/v1/groups/openmp", 128 << 20
VMS = ("first", "second")


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    boot(*VMS)
    daemon = stack.enter_context(Daemon())
    os.environ["ATOLL_SOCKET"] = daemon.socket
    api = daemon.api
    api.ask("POST", "/v1/groups", {"name": "openmp", "quota": REGION})
    api.ask("POST", f"{GROUP}/regions", {"name": "one", "size": REGION})
    for vm in VMS:
        api.ask("POST", f"{GROUP}/members", {"vm": vm})
    wait_for("two members that have joined", 60,
             lambda: sum(member["state"] == "joined" for member in api.get(f"{GROUP}/members")) == 2)

    def seconds(vms: int) -> float:
        return figure("atoll", "run", "openmp", "--vms", str(vms), "--threads-per-vm", "1", "--", "/usr/bin/ep")

    def attainable() -> dict:
        """Two VMs that compute apart at the same time: what this machine's CPUs lose by it, nobody can win back."""
        def both() -> float:
            return max(map(float, output("atoll", "run", "openmp", "--openmp", "never", "--no-prefix", "--env",
                                         "OMP_NUM_THREADS=1", "--", "/usr/bin/ep").split()))
        alone, apart = (min(times) for times in zip(*((seconds(1), both()) for _ in range(3))))
        return {"alone_s": alone, "both_apart_s": apart, "attainable_speedup": round(2 * alone / apart, 2)}

    yield Entry(
        NAMES[0], lambda: seconds(2), lambda: seconds(1), "one VM", 3,
        {"ours_is": "the NAS kernel EP, class S, in two VMs with a thread each, by its own clock",
         "peer_is": "the same in one VM with one thread; speed-up is this figure over the first"},
        beside=attainable, unit="s", by_minima=True)
