# SPDX-License-Identifier: Apache-2.0
"""init.py CMD...: process 1 of a lab. Runs CMD in the foreground, hands on signals, reaps orphans, ends as CMD did.

A shell cannot do this: it runs a trap only when its foreground child has ended. When process 1 ends, the kernel
kills everything else in the lab: VMs, libvirtd, whatever CMD left behind.
"""
import os
import signal
import sys
import time

# A signal that arrives here as itself was sent to the process group, by a terminal or by timeout(1): CMD has it too.
# One that only `lab` received it sends here as SIGRTMIN + number, and it is handed on.
GROUP = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT}
FROM_LAB = {signal.SIGRTMIN + int(number): number for number in GROUP}
SAME_MOMENT = 0.2  # seconds between the two, when both come


def main() -> None:
    waited_for = GROUP | set(FROM_LAB) | {signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    command = os.fork()
    if command == 0:
        # Python ignores these two; what the caller ignores (a background job, nohup) stays ignored.
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        try:
            os.execvp(sys.argv[1], sys.argv[1:])
        except OSError as error:
            print(f"lab: {sys.argv[1]}: {error.strerror}", file=sys.stderr)
            os._exit(127 if isinstance(error, FileNotFoundError) else 126)
    seen = dict.fromkeys(GROUP, -1.0)
    while True:
        got = signal.sigwaitinfo(waited_for).si_signo
        if got in GROUP:
            seen[got] = time.monotonic()
        elif got in FROM_LAB:
            number = FROM_LAB[got]
            if time.monotonic() - seen[number] > SAME_MOMENT and not signal.sigtimedwait({number}, SAME_MOMENT):
                os.kill(command, number)
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)  # never empty-handed: CMD is still a child
            if pid == 0:
                break
            if pid == command:
                code = os.waitstatus_to_exitcode(status)
                os._exit(code if code >= 0 else 128 - code)


main()
