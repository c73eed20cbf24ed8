# SPDX-License-Identifier: Apache-2.0
"""A barrier through shared memory, and waiting there, against what two machines have without it: MPI over a network."""
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from figures import WORK, figure, ours
from measure import CannotMeasure, Entry

NAMES = ["net.barrier.2", "wait.cpu"]
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


@contextmanager
def bells() -> Iterator[str]:
    """A file by which processes ring for one another, as VMs do by their doorbells."""
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as file:
        file.truncate(8192)
        yield file.name


def entries(stack: ExitStack, names: list[str]) -> Iterator[Entry]:
    network(stack)
    agent = f"{WORK}/netns-agent"
    with open(agent, "w", encoding="utf-8") as handle:
        handle.write(AGENT)
    os.chmod(agent, 0o755)

    net = ("--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", "10.213.7.0/24", "--mca", "oob_tcp_if_include",
           "10.213.7.0/24", "--mca", "pml", "ob1", "--mca", "plm_rsh_agent", agent, "--mca", "plm_rsh_no_tree_spawn", "1")

    def mpi(*words: str) -> float:
        # Its start hangs now and then; what is left of it would take the CPUs from the next.
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return figure("mpirun", "--allow-run-as-root", *net, "--host", "atollbench2,atollbench3", "-np", "2",
                              "--bind-to", "none", f"{WORK}/peers/mpi", *words, patience=20)
            except CannotMeasure:
                subprocess.run(["pkill", "-KILL", "-f", f"{WORK}/peers/mpi|orted"], check=False)
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError

    if NAMES[0] in names:
        yield barrier(mpi)
    if NAMES[1] in names:
        yield waiting(mpi, stack.enter_context(bells()))


def barrier(mpi: Callable[..., float]) -> Entry:
    return Entry(
        NAMES[0], lambda: ours("barrier", 200_000, ATOLL_PIN="spread"), lambda: mpi("5000"), "MPI_Barrier over TCP", runs=15,
        explains={
            "ours_is": "a barrier of two processes that share memory, as two VMs do",
            "peer_is": "MPI_Barrier of Open MPI's TCP transport between two network namespaces, joined by veth and bridge",
        }, unit="ns")


def waiting(mpi: Callable[..., float], file: str) -> Entry:
    return Entry(
        NAMES[1], lambda: ours("wait", 2, ATOLL_BELL=file), lambda: mpi("2", "wait"), "MPI_Barrier over TCP", runs=3,
        explains={
            "ours_is": "CPU time that one of two processes uses in a second in which it waits for the other at a barrier, "
                       "asleep until it is rung for; a file of counts stands for the doorbells of two VMs",
            "peer_is": "the same at MPI_Barrier of Open MPI's TCP transport between two network namespaces; it spins",
        },
        beside=lambda: {"napping_ns": round(ours("wait", 2, ATOLL_BELL="off"))}, unit="ns")
