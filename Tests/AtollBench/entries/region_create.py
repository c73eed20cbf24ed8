# SPDX-License-Identifier: Apache-2.0
"""Making a region against writing as many zeros."""
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from measure import CannotMeasure, Entry
from world import Daemon

NAMES = ["host.region.create.1GiB"]
SIZE = 1 << 30
FILE = "/dev/shm/atoll-bench.zeros"


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    api = stack.enter_context(Daemon()).api
    api.ask("POST", "/v1/groups", {"name": "bench", "quota": 2 * SIZE})

    def ours() -> float:
        _, took = api.ask("POST", "/v1/groups/bench/regions", {"name": "one", "size": SIZE})
        api.ask("DELETE", "/v1/groups/bench/regions/one")
        return took

    yield Entry(
        NAMES[0], ours, zeros, "dd bs=1M", runs=9,
        explains={
            "ours_is": "POST of a region of 1 GiB to a group without members, over a connection that is open",
            "peer_is": "dd if=/dev/zero bs=1M count=1024 into a fresh file in /dev/shm, by dd's own clock",
        },
        beside=lambda: {"shmem_enabled": huge_pages()})


def zeros() -> float:
    words = ["dd", "if=/dev/zero", f"of={FILE}", "bs=1M", f"count={SIZE >> 20}"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    finally:
        if os.path.exists(FILE):
            os.unlink(FILE)
    # Of its own clock, because the start of a process is not what is compared.
    seconds = re.search(r"copied, ([0-9.e-]+) s", done.stderr)
    if done.returncode or not seconds:
        raise CannotMeasure(f"dd: {done.stderr.strip()}")
    return float(seconds[1]) * 1000


def huge_pages() -> str:
    """Whether the kernel gives shared memory huge pages; the chosen word is the one in brackets."""
    try:
        with open("/sys/kernel/mm/transparent_hugepage/shmem_enabled", encoding="utf-8") as setting:
            return (re.findall(r"\[(\w+)\]", setting.read()) or ["unknown"])[0]
    except OSError:
        return "none"
