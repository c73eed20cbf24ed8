# SPDX-License-Identifier: Apache-2.0
"""How far what a group is charged for is from what its region takes, after two VMs have touched all of it."""
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from measure import CannotMeasure, Entry, command
from world import Daemon, boot

NAMES = ["host.charge.error"]
SIZE = 64 << 20
PAGE = 4096
GROUP = "/v1/groups/charged"
# Every page of the region, through a map of the file in the VM's own control group: what a guest's touch does.
TOUCH = "import mmap,sys; f=open(sys.argv[1],'r+b'); m=mmap.mmap(f.fileno(),0); sum(m[i] for i in range(0,len(m),4096))"


def memory_top() -> str:
    with open("/proc/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, point, kind, options = line.split()[:4]
            if kind == "cgroup" and "memory" in options.split(","):
                return point
            if kind == "cgroup2" and os.path.exists(f"{point}/cgroup.controllers"):
                with open(f"{point}/cgroup.controllers", encoding="utf-8") as controllers:
                    if "memory" in controllers.read().split():
                        return point
    raise CannotMeasure("no memory controller")


def shared(group: str) -> int:
    """Bytes of shared memory that the group and those below it are charged for."""
    with open(f"{group}/memory.stat", encoding="utf-8") as stat:
        figures = dict(line.split() for line in stat)
    return int(figures.get("total_shmem", figures.get("shmem", 0)))


def usage(group: str) -> int:
    for name in ("memory.current", "memory.usage_in_bytes"):
        if os.path.exists(f"{group}/{name}"):
            with open(f"{group}/{name}", encoding="utf-8") as figure:
                return int(figure.read())
    raise CannotMeasure(f"{group} has no figures")


def touch(group: str, path: str) -> None:
    line = f"echo 0 > {group}/cgroup.procs && exec /usr/bin/python3 -c \"$0\" \"$1\""
    done = subprocess.run(["/bin/sh", "-c", line, TOUCH, path], capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"touch: {done.stderr.strip()}")


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    top = memory_top()
    api = stack.enter_context(Daemon()).api
    boot("three", "four")
    machine = f"{top}/machine"
    vms = [f"{machine}/{name}" for name in sorted(os.listdir(machine)) if name.endswith((
        "-three.libvirt-qemu", "-four.libvirt-qemu"))]
    api.ask("POST", "/v1/groups", {"name": "charged", "quota": SIZE})
    account = f"{top}/atoll/charged.group"
    said = {}

    def error(group: str, path: str) -> float:
        before = [shared(vm) for vm in vms]
        for vm in vms:
            touch(vm, path)
        resident = os.stat(path).st_blocks * 512
        charged = shared(group) if group else 0
        said.update(grown_vms=[shared(vm) - was for vm, was in zip(vms, before)],
                    kernels_own=usage(account) - shared(account))
        # And a page, the figure's own grain.
        return (abs(charged - resident) + PAGE) / SIZE * 100

    def ours() -> float:
        api.ask("POST", f"{GROUP}/regions", {"name": "one", "size": SIZE})
        try:
            figure = error(account, f"/dev/shm/{api.get(f'{GROUP}/regions')[0]['object']}")
            said["ours_grown_vms"], said["ours_kernels_own"] = said["grown_vms"], said["kernels_own"]
            return figure
        finally:
            api.ask("DELETE", f"{GROUP}/regions/one")

    def peer() -> float:
        path = "/dev/shm/atoll-bench.lazy"
        command("truncate", "-s", str(SIZE), path)
        try:
            return error("", path)
        finally:
            os.unlink(path)

    yield Entry(
        NAMES[0], ours, peer, "a file that is not filled", runs=3, unit="%",
        explains={
            "ours_is": "|bytes charged to the group - bytes resident in the region|, and a page, of the region's 64 MiB, "
                       "after processes in both VMs' control groups have touched every page",
            "peer_is": "the same of a file that nobody filled: all of it is charged to a VM",
        },
        beside=lambda: said)
