# SPDX-License-Identifier: Apache-2.0
"""Writes programs, with what they print and return under libgomp, for tests that run them elsewhere: in VMs."""
import json
import os
import shutil
import subprocess

from build import Builder
from execute import execute
from launch import THREADS
from program import Program

# Where the VMs have them.
PLACE = "/usr/lib/atoll-suite"
# Need a file of the host, more memory or time than a small emulated VM has, its network or its locales.
NOT_IN_VMS = {"library", "plugin", "stdin", "several"}
TOO_LARGE = {"heap_large", "heap_exhausted", "variable_stack", "threads_over_processes", "one_process", "parallel_large",
             "parallel_deep", "io_sockets", "locale", "locale_facets", "locale_named", "memory_given_back", "quiet"}


def fits(one: Program) -> bool:
    return not NOT_IN_VMS & set(one.values) and one.name not in TOO_LARGE and "slow" not in one.words


def whole_programs(inputs: str) -> list[dict]:
    """What Debian ships, on inputs that an emulated machine gets through."""
    return [
        {"name": "fasttree", "command": ["fasttreeMP", "-nt", "-quiet", "-nopr", inputs + "/tiny.fa"]},
        {"name": "clustalo", "command": ["clustalo", "-i", inputs + "/loose-tiny.fa", "--threads=4"]},
    ]


def export(builder: Builder, chosen: list[Program], target: str) -> int:
    target = os.path.abspath(target)  # programs are run in places of their own
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target + "/bin")
    listed, adds = [], []

    def record(name: str, command: list[str], there: list[str], environment: dict[str, str], words: set[str]) -> None:
        variables = {"OMP_NUM_THREADS": str(THREADS), "OMP_WAIT_POLICY": "passive"} | environment
        base = {"PATH": os.environ["PATH"], "HOME": "/"}
        found = execute(command, base | variables, b"", f"{builder.cache}/run/{name}.export", 60)
        listed.append({"name": name, "command": there, "environment": variables, "code": found.code, "out": found.out,
                       "unordered": "unordered" in words})

    for one in filter(fits, chosen):
        binary = f"{target}/bin/{one.name}"
        subprocess.run(["strip", "-o", binary, builder.program(one)], check=True)
        record(one.name, [binary, *one.arguments], [f"{PLACE}/{one.name}", *one.arguments], one.environment, one.words)
        adds.append(f"{binary}:{PLACE}/{one.name}")
    inputs = builder.cache + "/in"
    for whole in whole_programs(inputs):
        program = shutil.which(whole["command"][0])
        if not program:
            raise SystemExit(f"suite: no {whole['command'][0]} here; Tests/Lab/setup installs it")
        there = [word.replace(inputs, PLACE) for word in whole["command"]]
        record(whole["name"], whole["command"], [f"/usr/bin/{there[0]}", *there[1:]], {}, set())
        adds += [f"{program}:/usr/bin/{there[0]}"]
        adds += [f"{word}:{word.replace(inputs, PLACE)}" for word in whole["command"] if word.startswith(inputs)]
    forever = target + "/bin/forever"
    subprocess.run(["gcc", "-O1", "-fopenmp", "-o", forever, builder.headers + "/forever.c"], check=True)
    adds.append(f"{forever}:{PLACE}/forever")
    with open(target + "/programs.json", "w", encoding="utf-8") as file:
        json.dump(listed, file, indent=1)
    with open(target + "/adds", "w", encoding="utf-8") as file:
        file.write("\n".join(adds) + "\n")
    return len(listed)
