# SPDX-License-Identifier: Apache-2.0
"""A barrier through shared memory against what two machines have without it: MPI over a network."""
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from figures import WORK, figure, ours
from measure import CannotMeasure, Entry

NAMES = ["net.barrier.2"]
ATTEMPTS = 3
# mpirun starts its daemons with this in place of ssh: HOST is a network namespace.
AGENT = '#!/bin/sh\nhost=$1; shift\nexec ip netns exec "$host" sh -c "$*"\n'


def ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"`ip {' '.join(words)}`: {done.stderr.strip()}")


def network(stack: ExitStack) -> None:
    """Two namespaces and a bridge between them and this one."""
    ip("link", "add", "atollbench", "type", "bridge")
    stack.callback(ip, "link", "del", "atollbench")
    ip("addr", "add", "10.213.7.1/24", "dev", "atollbench")
    ip("link", "set", "atollbench", "up")
    for number in (2, 3):
        name, device = f"atollbench{number}", f"atollb{number}"
        ip("netns", "add", name)
        stack.callback(ip, "netns", "del", name)
        ip("link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", device, "master", "atollbench", "up")
        for words in (["addr", "add", f"10.213.7.{number}/24", "dev", "eth0"], ["link", "set", "eth0", "up"],
                      ["link", "set", "lo", "up"]):
            ip("-n", name, *words)


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    network(stack)
    agent = f"{WORK}/netns-agent"
    with open(agent, "w", encoding="utf-8") as handle:
        handle.write(AGENT)
    os.chmod(agent, 0o755)

    net = ("--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", "10.213.7.0/24", "--mca", "oob_tcp_if_include",
           "10.213.7.0/24", "--mca", "pml", "ob1", "--mca", "plm_rsh_agent", agent, "--mca", "plm_rsh_no_tree_spawn", "1")

    def mpi() -> float:
        # Its start hangs now and then; what is left of it would take the CPUs from the next.
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return figure("mpirun", "--allow-run-as-root", *net, "--host", "atollbench2,atollbench3", "-np", "2",
                              "--bind-to", "none", f"{WORK}/peers/mpi", "5000", patience=20)
            except CannotMeasure:
                subprocess.run(["pkill", "-KILL", "-f", f"{WORK}/peers/mpi|orted"], check=False)
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError

    yield Entry(
        NAMES[0], lambda: ours("barrier", 200_000, ATOLL_PIN="spread"), mpi, "MPI_Barrier over TCP", runs=15,
        explains={
            "ours_is": "a barrier of two processes that share memory, as two VMs do",
            "peer_is": "MPI_Barrier of Open MPI's TCP transport between two network namespaces, joined by veth and bridge",
        }, unit="ns")
