# SPDX-License-Identifier: Apache-2.0
"""Reads at random in a region, in a VM: in the kernel module's pages of 2 MiB beside sysfs's of 4 KiB."""
from collections.abc import Iterator
from contextlib import ExitStack

from figures import figure, output
from measure import Entry

NAMES = ["map.random"]
MEBIBYTES, TIMES = 64, 1_000_000
SYSFS = "$(ls /sys/bus/pci/devices/*/resource2_wc | head -1)"


def entries(_: ExitStack, __: list[str]) -> Iterator[Entry]:
    # One each: what the module has, sysfs refuses.
    for vm in ("module", "sysfs"):
        output("vm", "start", f"random-{vm}", "--shmem", f"random.{vm}:{MEBIBYTES}")
    output("vm", "exec", "random-module", "insmod /lib/atoll.ko")

    def nanoseconds(vm: str, device: str) -> float:
        return figure("vm", "exec", f"random-{vm}", f"module-probe {device} random {MEBIBYTES} {TIMES}")

    yield Entry(
        NAMES[0], lambda: nanoseconds("module", "/dev/atoll0"), lambda: nanoseconds("sysfs", SYSFS),
        "sysfs, 4 KiB pages", 5,
        {"ours_is": f"one read of a chain through {MEBIBYTES} MiB in random order, each naming the next, in a VM whose "
                    "kernel module maps the region in pages of 2 MiB",
         "peer_is": "the same in another VM, through sysfs. Under software emulation the TLB is QEMU's own, which "
                    "knows no large pages worth the name: only KVM tells what they spare"},
        unit="ns")
