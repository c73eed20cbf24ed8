# SPDX-License-Identifier: Apache-2.0
"""Destroys one VM of two while an OpenMP program has its threads in both, and looks what becomes of the program."""
import os
import random
import subprocess
import time

from kills import PATIENCE
from machines import Machines
from trial import last

# Under emulation, on a machine that does other things too.
LONG = 4 * PATIENCE


def destroy_once(there: Machines, program: str, source: random.Random) -> str:
    """What was wrong; empty: nothing."""
    out, err = os.memfd_create("out"), os.memfd_create("err")
    begun, victim = time.monotonic(), source.choice(there.names)
    job = subprocess.Popen(there.command(len(there.names), program, [], 2 * len(there.names)),
                           stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def said() -> str:
        return os.pread(err, 1 << 16, 0).decode(errors="replace")

    try:
        while b"up" not in os.pread(out, 16, 0):
            if job.poll() is not None or time.monotonic() - begun > LONG:
                return f"it did not start: code {job.poll()}: {last(said())}; {there.doings(os.path.basename(program))}"
            time.sleep(0.01)
        time.sleep(source.uniform(0, 0.5))
        subprocess.run(["virsh", "-q", "destroy", victim], check=True, stdout=subprocess.DEVNULL)
        try:
            code = job.wait(LONG)
        except subprocess.TimeoutExpired:
            return f"{victim} destroyed: the job goes on: {last(said())}"
        if code != 124 or f"VM {victim} was lost" not in said():
            return f"{victim} destroyed: code {code}: {last(said())}"
        for name in there.names:
            if name != victim and (left := there.processes(name, os.path.basename(program))):
                return f"{victim} destroyed: still in {name}: {left}"
        return ""
    finally:
        job.kill()
        job.wait()
        there.boot_again(victim)
