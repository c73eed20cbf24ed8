# SPDX-License-Identifier: Apache-2.0
"""Programs that measure themselves and print one number."""
import os
import subprocess

from measure import CannotMeasure

WORK = os.environ.get("ATOLL_BENCH_WORK", "")
# An allowance for the slowest: an oversubscribed barrier of 32 threads.
PATIENCE = 300


def output(*words: str, patience: int = PATIENCE, **environment: str) -> str:
    """What a program prints; its environment is ours and what is said."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=patience, env={**os.environ, **environment})
    except subprocess.TimeoutExpired as problem:
        raise CannotMeasure(f"`{' '.join(words)}` has not ended after {patience} s") from problem
    if done.returncode:
        raise CannotMeasure(f"`{' '.join(words)}` ended with {done.returncode}: {done.stdout} {done.stderr.strip()}")
    return done.stdout


def figure(*words: str, **environment) -> float:
    """The number that a program prints."""
    said = output(*words, **environment)
    try:
        value = float(said)
    except ValueError:
        value = 0
    if value <= 0:
        raise CannotMeasure(f"`{' '.join(words)}` printed no figure: {said}")
    return value


def ours(what: str, rounds: int, processes: int = 2, threads: int = 1, **environment: str) -> float:
    """One operation in a team over processes that share memory: what a VM each would be."""
    return figure("atoll-run", "--local", str(processes), "-t", str(threads), "--no-prefix", "--region-size", "64M",
                  *(word for name, value in environment.items() for word in ("-e", f"{name}={value}")), "--",
                  f"{WORK}/atoll-sync-bench", what, str(rounds))


def peer(program: str, *words: object, **environment: str) -> float:
    return figure(f"{WORK}/peers/{program}", *map(str, words), **environment)


def libgomp(what: str, rounds: int, threads: int = 2, policy: str | None = "active") -> float:
    variables = {"OMP_NUM_THREADS": str(threads), "OMP_DYNAMIC": "false"}
    if policy:
        variables |= {"OMP_WAIT_POLICY": policy, "OMP_PROC_BIND": "true"}
    return peer("omp", what, rounds, **variables)
