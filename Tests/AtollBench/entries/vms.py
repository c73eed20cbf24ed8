# SPDX-License-Identifier: Apache-2.0
"""Attaching a region to a running VM, and starting a program in two."""
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

from measure import CannotMeasure, Entry, command, elapsed
from world import API, LAB, Daemon, boot, wait_for

NAMES = ["host.attach.1vm", "run.latency"]
GROUP, SIZE = "/v1/groups/bench", 16 << 20
DEVICE = """<shmem name='{object}'><model type='ivshmem-plain'/><size unit='B'>{size}</size></shmem>
"""


def entries(stack: ExitStack, names: list[str]) -> Iterator[Entry]:
    boot("one", "two")
    daemon = stack.enter_context(Daemon())
    os.environ["ATOLL_SOCKET"] = daemon.socket
    api = daemon.api
    api.ask("POST", "/v1/groups", {"name": "bench", "quota": SIZE})
    api.ask("POST", f"{GROUP}/regions", {"name": "one", "size": SIZE})
    if NAMES[0] in names:
        yield attach(api, "one")
    if NAMES[1] in names:
        for vm in ("one", "two"):
            api.ask("POST", f"{GROUP}/members", {"vm": vm})
        wait_joined(api, 2)
        yield latency()


def wait_joined(api: API, count: int) -> None:
    def joined() -> bool:
        return sum(member["state"] == "joined" for member in api.get(f"{GROUP}/members")) == count

    wait_for(f"{count} members that have joined", 60, joined)


def attach(api: API, vm: str) -> Entry:
    name = api.get(f"{GROUP}/regions")[0]["object"]
    device = f"{LAB}/device.xml"
    with open(device, "w", encoding="utf-8") as handle:
        handle.write(DEVICE.format(object=name, size=SIZE))
    joining = []

    def ours() -> float:
        start = time.perf_counter_ns()
        _, took = api.ask("POST", f"{GROUP}/members", {"vm": vm})
        wait_joined(api, 1)
        joining.append(elapsed(start))
        api.ask("DELETE", f"{GROUP}/members/{vm}")
        return took

    def peer() -> float:
        took = command("virsh", "attach-device", "--live", vm, device)
        command("virsh", "detach-device", "--live", vm, device)
        # virsh has asked; the guest decides when.
        wait_for(f"{vm} without {name}", 60, lambda: name not in definition(vm))
        return took

    return Entry(
        NAMES[0], ours, peer, "virsh attach-device --live", runs=7,
        explains={
            "ours_is": "POST of a running VM to a group with one region, over a connection that is open: looks, "
                       "ledger and hot-plug",
            "peer_is": "virsh attach-device --live of the same device, from the start of virsh to its end",
        },
        beside=lambda: {
            "virsh_start_ms": round(statistics.median(command("virsh", "version") for _ in range(5)), 3),
            "until_joined_ms": round(statistics.median(joining[1:]), 3),
        })


def definition(vm: str) -> str:
    return subprocess.run(["virsh", "dumpxml", vm], capture_output=True, text=True, check=True).stdout


def latency() -> Entry:
    def peer() -> float:
        start = time.perf_counter_ns()
        shells = [subprocess.Popen(["vm", "exec", vm, "/bin/true"]) for vm in ("one", "two")]
        codes = [shell.wait() for shell in shells]
        took = elapsed(start)
        if any(codes):
            raise CannotMeasure(f"vm exec ended with {codes}")
        return took

    return Entry(
        NAMES[1], lambda: command("atoll", "run", "bench", "--", "/bin/true"), peer, "vm exec in both", runs=11,
        explains={
            "ours_is": "atoll run bench -- /bin/true on two idle VMs, from the start of atoll to its end",
            "peer_is": "/bin/true in the root shell that waits on each guest's serial line, both at once, by a Python "
                       "client started for each",
        },
        beside=lambda: {"atoll_start_ms": round(statistics.median(command("atoll", "version") for _ in range(5)), 3)})
