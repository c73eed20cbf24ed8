# SPDX-License-Identifier: Apache-2.0
"""The speed of a region's memory, in two processes, beside that of one process's own, in two threads."""
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from figures import WORK, figure
from measure import CannotMeasure, Entry
from world import Daemon

NAMES = ["mem.triad.2", "mem.triad.2.huge", "mem.random.2", "mem.random.2.huge"]
SIZE = 256 << 20
RUNS = 7
SAID = {
    "triad": "GB a second of STREAM's triad over three arrays of 64 MiB, the best of ten rounds",
    "random": "million reads a second at random from 192 MiB, each hanging on the one before, the best of five rounds",
}


def entries(stack: ExitStack, names: list[str]) -> Iterator[Entry]:
    remount("advise")
    stack.callback(remount, "never")
    api = stack.enter_context(Daemon()).api
    api.ask("POST", "/v1/groups", {"name": "bench", "quota": 4 * SIZE})
    for name in names:
        what, huge = name.split(".")[1], name.endswith(".huge")
        pages = "2MiB" if huge else "4KiB"
        region = name.replace(".", "-")
        api.ask("POST", "/v1/groups/bench/regions", {"name": region, "size": SIZE, "pages": pages})
        command = [f"{WORK}/peers/memory", what]
        last = "1" if huge else "0"
        yield Entry(
            name, lambda: figure(*command, "region", f"/dev/shm/atoll.bench.{region}", last),
            lambda: figure(*command, "private", last), "memory of one process", RUNS,
            {"ours_is": f"{SAID[what]}, by two processes that map a region in pages of {pages}",
             "peer_is": f"the same by two threads in anonymous memory in pages of {pages}",
             "ratio_is": "of speeds: more is better"},
            unit="GB/s" if what == "triad" else "M/s")
        api.ask("DELETE", f"/v1/groups/bench/regions/{region}")


def remount(huge: str) -> None:
    """The lab's own /dev/shm, and nobody else's."""
    done = subprocess.run(["mount", "-o", f"remount,huge={huge}", "/dev/shm"], capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"mount: {done.stderr.strip()}")
