# SPDX-License-Identifier: Apache-2.0
"""Kills one process of a program at a random moment, and looks what becomes of the others."""
import glob
import os
import random
import re
import signal
import subprocess
import time

from execute import end
from ranks import Ranks
from trial import last

VARIABLES = {"OMP_NUM_THREADS": "4", "OMP_WAIT_POLICY": "passive"}
PATIENCE = 30.0


def forever(programs: str, place: str) -> str:
    program = place + "/forever"
    subprocess.run(["gcc", "-O1", "-fopenmp", "-o", program, programs + "/c/forever.c"], check=True)
    return program


def kill_once(program: str, library: str, processes: int, source: random.Random) -> str:
    """What was wrong; empty: nothing."""
    ranks = Ranks(library, [program], processes, VARIABLES | {"PATH": os.environ["PATH"]})
    limit = time.monotonic() + PATIENCE
    while b"up" not in os.pread(ranks.out, 16, 0) and time.monotonic() < limit:
        time.sleep(0.002)
    is_up = time.monotonic() < limit
    time.sleep(source.uniform(0, 0.03))
    victim = source.randrange(processes)
    ranks.signal(victim, signal.SIGKILL)
    ending = ranks.ending(PATIENCE)
    said = f"process {victim} killed: "
    if not is_up:
        return f"it did not start within {PATIENCE:.0f} s: {last(ending.err)}"
    if ending.left:
        return said + f"{ending.left} still there: {last(ending.err)}"
    if any(code != (137 if rank == victim else 124) for rank, code in enumerate(ending.codes)):
        return said + f"codes {ending.codes}: {last(ending.err)}"
    sentences = [line for line in ending.err.splitlines() if f"lost process {victim}" in line]
    return "" if len(sentences) == 1 else said + f"said {len(sentences)} times: {last(ending.err)}"


def children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def kill_launched(program: str, launcher: str, processes: int, source: random.Random) -> str:
    """The same under atoll-run --local. Now and then an agent is killed, which stands for a VM, or the launcher."""
    out = os.memfd_create("out")
    err = os.memfd_create("err")
    environment = VARIABLES | {"PATH": os.environ["PATH"]}
    command = [launcher, "--local", str(processes), "-t", "2", "--", program]
    job = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment,
                           start_new_session=True)
    agents, ranks = [], []
    try:
        limit = time.monotonic() + PATIENCE
        while b"up" not in os.pread(out, 16, 0) and time.monotonic() < limit and job.poll() is None:
            time.sleep(0.002)
        agents = children(job.pid)
        ranks = [child for agent in agents for child in children(agent)]
        if len(agents) != processes or len(ranks) != processes:
            return f"{len(agents)} agents and {len(ranks)} processes: {_said(err)}"
        time.sleep(source.uniform(0, 0.03))
        # The launcher gives a silent agent ten seconds.
        kind = source.choices(["process", "launcher", "agent"], [15, 4, 1])[0]
        rank = source.randrange(processes)
        victim = {"process": ranks[rank], "agent": agents[rank], "launcher": job.pid}[kind]
        os.kill(victim, signal.SIGKILL)
        said = f"{kind} {'' if kind == 'launcher' else rank} killed: "
        try:
            code = job.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return said + f"the job goes on: {_said(err)}"
        limit = time.monotonic() + PATIENCE
        while (left := [pid for pid in agents + ranks if is_alive(pid)]) and time.monotonic() < limit:
            time.sleep(0.005)
        if left:
            return said + f"{len(left)} processes still there: {_said(err)}"
        if objects := glob.glob(f"/dev/shm/atoll-local.{job.pid}.*"):
            return said + f"left: {objects}"
        # The first process is the program: the job ends as it does.
        wanted = -signal.SIGKILL if kind == "launcher" else 137 if kind == "process" and rank == 0 else 124
        if code != wanted:
            return said + f"code {code}: {_said(err)}"
        if kind == "launcher" or re.search(f"lost local{rank}|local{rank} (was lost|has been silent)", _said(err)):
            return ""
        return said + f"nobody says so: {_said(err)}"
    finally:
        end(job.pid)
        for pid in filter(is_alive, agents + ranks):
            os.kill(pid, signal.SIGKILL)
        os.close(out)
        os.close(err)


def _said(descriptor: int) -> str:
    return last(os.pread(descriptor, 1 << 16, 0).decode(errors="replace"))
