# SPDX-License-Identifier: Apache-2.0
"""guest_tty.py SOCKET wait|run SECONDS [LINE]: speaks with the command loop on a guest's second serial port.

QEMU takes one connection at a time, hence the lock. What a command that ran out of time may still print would be
read as the next one's answer, so every conversation starts by agreeing on a word of its own.
"""
import fcntl
import os
import re
import socket
import sys
import time

NO_ANSWER, NO_VM = 124, 125
DONE = re.compile(rb"@@(?:RC=(\d+)|READY)@@\n")


class Guest:
    def __init__(self, path: str, deadline: float) -> None:
        self.deadline, self.rest = deadline, b""
        self.lock = open(path + ".lock", "w")
        while True:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self.pause("another command holds the guest's tty")
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if sys.argv[2] != "wait":
                    fail("is not running", NO_VM)
                self.pause("is not running")

    def pause(self, why: str) -> None:
        if time.monotonic() > self.deadline:
            fail(why)
        time.sleep(0.01)

    def send(self, line: str) -> None:
        self.socket.settimeout(max(0.1, self.deadline - time.monotonic()))
        self.socket.sendall(line.encode() + b"\n")

    def read(self, until: float) -> bool:
        """Adds what has come to `rest`; false when nothing came in time."""
        self.socket.settimeout(max(0.001, until - time.monotonic()))
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            return False
        except ConnectionResetError:
            data = b""
        if not data:
            fail("the VM ended", NO_VM)
        self.rest += data
        return True

    def agree(self) -> None:
        # A guest that boots clears the queue when it opens the tty, so the word is said again; each time another
        # one, since only the answer to the last word said is followed by nothing else.
        attempt = 0
        while True:
            attempt += 1
            word = f"{os.getpid()}-{attempt}"
            # The quotes keep the word apart from its own echo while the tty still echoes.
            self.send(f'echo "@@HE""RE-{word}@@"')
            mark = f"@@HERE-{word}@@\n@@RC=0@@\n".encode()
            again = time.monotonic() + 1
            while mark not in self.rest:
                if not self.read(min(again, self.deadline)):
                    break
            else:
                self.rest = b""
                return
            if time.monotonic() >= self.deadline:
                fail("the guest takes no commands")

    def run(self, line: str) -> int:
        # A line break would end the command early; the shell's quoting carries it.
        if "\n" in line:
            line = "eval $'" + line.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        self.send(line)
        out = sys.stdout.buffer
        while True:
            done = DONE.search(self.rest)
            if done:
                out.write(self.rest[: done.start()])
                out.flush()
                if done[1] is None:
                    fail("the command ended the guest's shell; there is a new one")
                return int(done[1])
            # All but what may be the beginning of the mark is shown at once.
            safe = max(0, len(self.rest) - 16) if b"@" in self.rest[-16:] else len(self.rest)
            out.write(self.rest[:safe])
            out.flush()
            self.rest = self.rest[safe:]
            if not self.read(self.deadline):
                fail("no answer in time; the command may still be running")


def fail(why: str, code: int = NO_ANSWER) -> None:
    sys.stdout.flush()
    print(f"vm: {os.path.basename(os.path.dirname(sys.argv[1]))}: {why}", file=sys.stderr)
    sys.exit(code)


def main() -> None:
    guest = Guest(sys.argv[1], time.monotonic() + float(sys.argv[3]))
    guest.agree()
    if sys.argv[2] == "run":
        sys.exit(guest.run(sys.argv[4]))


main()
