#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What QEMU does with doorbell servers that behave badly: doorbell.py [HOW...]

For each: a QEMU whose guest never starts (-S), a server in this process, and a device that is plugged in by QMP."""
import array
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

QEMU = "qemu-system-x86_64"
# What the server does, by bytes of its memory and what follows.
CASES = {
    "well": (1 << 20, "two interrupts, as it should be"),
    "3MiB": (3 << 20, "memory of 3 MiB"),
    "512KiB": (1 << 19, "memory of 512 KiB"),
    "empty": (0, "memory of no bytes"),
    "version": (1 << 20, "another version"),
    "nofd": (1 << 20, "memory without a descriptor"),
    "unknown": (1 << 20, "a peer goes who never came"),
    "many": (1 << 20, "more interrupts than the device has"),
    "again": (1 << 20, "a peer comes and goes, twenty times"),
    "garbage": (1 << 20, "a number that is none of a peer"),
    "silent": (1 << 20, "nothing at all"),
    "half": (1 << 20, "the greeting's first half"),
    "trickle": (1 << 20, "the greeting, a byte every 50 ms"),
    "ends": (1 << 20, "as it should be, then it ends"),
    "later": (1 << 20, "as it should be, and it ends half a second later"),
    "closes": (1 << 20, "an end at once"),
    "refuses": (1 << 20, "version 403 and nothing else, as atoll-doorbell tells strangers"),
    "absent": (1 << 20, "no server listens"),
}


def tell(peer, number, *descriptors):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    peer.sendmsg([struct.pack("<q", number)], rights)


def serve(listener, how, size, kept):
    peer, _ = listener.accept()
    kept.append(peer)
    memory = os.memfd_create("region")
    os.ftruncate(memory, size)
    if how == "silent":
        return
    if how == "closes":
        peer.close()
        return
    if how == "refuses":
        tell(peer, 403)
        return
    if how == "trickle":
        for number in (0, 3):
            for byte in struct.pack("<q", number):
                peer.send(bytes([byte]))
                time.sleep(0.05)
    else:
        tell(peer, 1 if how == "version" else 0)
        tell(peer, 3)
    if how == "half":
        return
    tell(peer, -1, *([] if how == "nofd" else [memory]))
    for _ in range(5 if how == "many" else 2):
        tell(peer, 3, os.eventfd(0))
    if how == "unknown":
        tell(peer, 77)
    for _ in range(20 if how == "again" else 0):
        tell(peer, 5, os.eventfd(0))
        tell(peer, 5, os.eventfd(0))
        tell(peer, 5)
    if how == "garbage":
        tell(peer, 1 << 40)
    if how == "later":
        time.sleep(0.5)
    if how in ("ends", "later"):
        peer.close()


class Monitor:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.rest = b""
        self.answer(2)
        self.ask("qmp_capabilities")

    def answer(self, seconds):
        """The next answer that is no event; None: none in time; False: QEMU has ended."""
        end = time.monotonic() + seconds
        while True:
            line, found, rest = self.rest.partition(b"\n")
            if found:
                self.rest = rest
                message = json.loads(line)
                if "event" not in message:
                    return message
                continue
            if not select.select([self.socket], [], [], max(0, end - time.monotonic()))[0]:
                return None
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return False
            self.rest += more

    def ask(self, command, seconds=2.0, **arguments):
        try:
            self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        except BrokenPipeError:
            return False
        return self.answer(seconds)


def say(answer):
    if answer is None:
        return "no answer in 2 s"
    if answer is False:
        return "QEMU has ended"
    return "done" if "return" in answer else answer["error"]["desc"]


def attempt(how, directory):
    size, what = CASES[how]
    paths = {name: f"{directory}/{how}.{name}" for name in ("bell", "qmp")}
    kept = []
    if how != "absent":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(paths["bell"])
        listener.listen()
        kept.append(listener)
        threading.Thread(target=serve, args=(listener, how, size, kept), daemon=True).start()
    command = [QEMU, "-S", "-display", "none", "-nodefaults", "-machine", "pc,accel=tcg", "-m", "64",
               "-qmp", f"unix:{paths['qmp']},server=on,wait=off"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as qemu:
        while not os.path.exists(paths["qmp"]):
            time.sleep(0.01)
        monitor = Monitor(paths["qmp"])
        backend = {"type": "socket", "data": {
            "addr": {"type": "unix", "data": {"path": paths["bell"]}}, "server": False}}
        plugged = monitor.ask("chardev-add", id="bell", backend=backend)
        print(f"-- {how}: {what}")
        if plugged and "return" in plugged:
            start = time.monotonic()
            plugged = monitor.ask("device_add", driver="ivshmem-doorbell", chardev="bell", id="d", vectors=2)
            print(f"   device_add: {say(plugged)} ({time.monotonic() - start:.1f} s)")
            if plugged is None:
                print(f"   query-status meanwhile: {say(monitor.ask('query-status'))}")
                used = sum(map(int, open(f"/proc/{qemu.pid}/stat").read().split()[13:15]))
                print(f"   processor time so far: {used / os.sysconf('SC_CLK_TCK'):.1f} s")
                for end in kept:
                    end.close()
                print(f"   after the server's end: {say(monitor.answer(2))}")
        else:
            print(f"   chardev-add: {say(plugged)}")
        time.sleep(1 if how == "later" else 0.2)
        print(f"   then query-status: {say(monitor.ask('query-status'))}")
        if qemu.poll() is None:
            qemu.kill()
        words = [line for line in qemu.stderr.read().splitlines() if "terminating" not in line]
        print("".join(f"   QEMU says: {line}\n" for line in words) + f"   QEMU's exit code: {qemu.wait()}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        for how in sys.argv[1:] or CASES:
            attempt(how, directory)


main()
