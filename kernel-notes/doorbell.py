#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A doorbell server that behaves badly: doorbell.py SOCKET BYTES [HOW]

HOW: well, silent (greets nobody), half (stops in the midst of the greeting), version (another one), nofd (memory without
a descriptor), unknown (tells that a peer has gone who never came), many (more interrupts than the device has). After the greeting it
prints what it did and stays connected until it is killed."""
import array
import os
import socket
import struct
import sys

path, size, how = sys.argv[1], int(sys.argv[2]), (sys.argv[3:] or ["well"])[0]
if os.path.exists(path):
    os.unlink(path)
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen()
memory = os.memfd_create("region")
os.ftruncate(memory, size)


def tell(peer, number, *descriptors):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    peer.sendmsg([struct.pack("<q", number)], rights)


kept = []
while True:
    peer, _ = listener.accept()
    kept.append(peer)
    if how == "silent":
        continue
    tell(peer, 1 if how == "version" else 0)
    tell(peer, len(kept) - 1)
    if how == "half":
        continue
    if how == "nofd":
        tell(peer, -1)
        continue
    tell(peer, -1, memory)
    for _ in range(5 if how == "many" else 2):
        kept.append(os.eventfd(0))
        tell(peer, len([k for k in kept if isinstance(k, socket.socket)]) - 1, kept[-1])
    if how == "unknown":
        tell(peer, 77)
    print(how, "greeted", flush=True)
