# SPDX-License-Identifier: Apache-2.0
"""A program in several processes of this machine, started as cheaply as can be: for what is done thousands of times."""
import contextlib
import ctypes
import os
import random
import select
import signal
import struct
import subprocess
import tempfile
import time
from dataclasses import dataclass

ADDR_NO_RANDOMIZE = 0x0040000
# Of shared memory, of which only what is touched is taken.
MEBIBYTES = 512
# Nanoseconds that a process may be silent, where nobody can see that it is gone.
LEASE = 30_000_000_000
# What processes are given to end by themselves once one of them has ended.
FOLLOW = 10.0


def prepare() -> None:
    """No random addresses: children have it from their parent; this process itself is where it is."""
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, Ranks.end_all)


@dataclass
class Ending:
    # Of each process, as a shell tells it.
    codes: list[int]
    out: str
    err: str
    # None but those were left that had to be killed, or had not ended when time was up.
    left: list[int]
    is_hung: bool
    seconds: float


def fill_as_device(path: str, processes: int, threads: int) -> None:
    """As in VMs: there is a header, the rest is not zeros, and ranks know nothing of each other's processes."""
    size, heap, slots = MEBIBYTES << 20, 0x200000, 0x110000
    with open(path, "r+b") as image:
        image.write(struct.pack("<QIIQIIQQQQIIQQ", 0x6567616d696c6c6f, 1, processes, size, threads, 1024, slots,
                                heap - slots, heap, size - heap, 0, 0, 0, LEASE))
        image.seek(heap + (size - heap) // 48 + (256 << 10))
        image.write(b"\xa5" * (24 << 20))


class Ranks:
    """Rank 0 is the last to be started."""

    alive: set["Ranks"] = set()

    def __init__(
        self, library: str, program: list[str], processes: int, environment: dict[str, str], threads: int = 2,
        is_device: bool = False
    ):
        self.begun = time.monotonic()
        self.processes: list[subprocess.Popen | None] = [None] * processes
        handle, self.object = tempfile.mkstemp(prefix="atoll-openmp.", dir="/dev/shm")
        Ranks.alive.add(self)
        os.ftruncate(handle, MEBIBYTES << 20)
        os.close(handle)
        if is_device:
            fill_as_device(self.object, processes, threads)
        self.out, self.err = os.memfd_create("out"), os.memfd_create("err")
        self.codes: list[int | None] = [None] * processes
        self.poll = select.poll()
        self.descriptors: dict[int, int] = {}
        for rank in reversed(range(processes)):
            place = f"{self.object},0,{MEBIBYTES << 20},{rank},{processes},{threads}"
            process = subprocess.Popen(
                program, stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err,
                env=environment | {"LD_BIND_NOW": "1", "LD_PRELOAD": library, "ATOLL_OPENMP": place})
            self.processes[rank] = process
            descriptor = os.pidfd_open(process.pid)
            self.descriptors[descriptor] = rank
            self.poll.register(descriptor, select.POLLIN)

    def text(self, descriptor: int) -> str:
        return os.pread(descriptor, 4 << 20, 0).decode(errors="replace")

    def signal(self, rank: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.processes[rank].send_signal(number)

    def _gather(self, milliseconds: float) -> None:
        for descriptor, _ in self.poll.poll(milliseconds):
            rank = self.descriptors.pop(descriptor)
            self.poll.unregister(descriptor)
            os.close(descriptor)
            code = self.processes[rank].wait()
            self.codes[rank] = 128 - code if code < 0 else code

    def _wait(self, until: float, is_enough, delays: random.Random | None) -> None:
        while self.descriptors and not is_enough() and (left := until - time.monotonic()) > 0:
            if not delays:
                self._gather(left * 1000)
                continue
            self._gather(delays.uniform(0, 20))
            alive = list(self.descriptors.values())
            if alive:
                victim = delays.choice(alive)
                self.signal(victim, signal.SIGSTOP)
                time.sleep(delays.uniform(0, 0.01))
                self.signal(victim, signal.SIGCONT)

    def ending(self, seconds: float, delays: random.Random | None = None) -> Ending:
        """Waits for the first process that ends, then for the others, and leaves nothing behind.

        - delays: stops a process now and then, and lets it go on.
        """
        self._wait(time.monotonic() + seconds, lambda: any(code is not None for code in self.codes), delays)
        is_hung = all(code is None for code in self.codes)
        self._wait(time.monotonic() + (0 if is_hung else FOLLOW), lambda: False, delays)
        left = list(self.descriptors.values())
        for rank in left:
            self.signal(rank, signal.SIGKILL)
        while self.descriptors:
            self._gather(1000)
        took = time.monotonic() - self.begun
        ending = Ending(list(self.codes), self.text(self.out), self.text(self.err), left, is_hung, took)
        os.close(self.out)
        os.close(self.err)
        os.unlink(self.object)
        Ranks.alive.discard(self)
        return ending

    @staticmethod
    def end_all(number: int, _: object) -> None:
        """For a signal that ends this process: nothing is left of what runs."""
        for ranks in list(Ranks.alive):
            for process in ranks.processes:
                if process:
                    process.kill()
            with contextlib.suppress(OSError):
                os.unlink(ranks.object)
        os._exit(128 + number)
