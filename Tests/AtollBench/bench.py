# SPDX-License-Identifier: Apache-2.0
"""bench.py --out FILE --pingpong PROGRAM [ENTRY...]: measures the entries, in the lab that it is started in."""
import argparse
import json
import os
import sys
import time
from contextlib import ExitStack

import results
from entries import (
    api_list, api_p99, host_charge, host_fill, host_scale, map_random, memory, nas, openmp, region_create, sync,
    sync_growth, sync_net, vms, vms_openmp)
from measure import Bench, CannotMeasure

# The entries without VMs come first: they have the machine for themselves.
SOURCES = (
    sync, sync_growth, sync_net, openmp, nas, memory, host_fill, region_create, api_list, api_p99, host_scale,
    host_charge, map_random, vms, vms_openmp)
NAMES = [name for source in SOURCES for name in source.NAMES]


def write(path: str, measured: list[dict]) -> None:
    with open(path + ".new", "w", encoding="utf-8") as handle:
        json.dump(measured, handle, indent=2)
        handle.write("\n")
    os.replace(path + ".new", path)


def measure(bench: Bench, wanted: list[str], out: str) -> list[str]:
    """Writes what was measured so far after each entry; gives the failures."""
    measured, failures = [], []
    for source in SOURCES:
        names = [name for name in source.NAMES if name in wanted]
        if not names:
            continue
        with ExitStack() as stack:
            try:
                entries = source.entries(stack, names)
                for entry in entries:
                    start = time.monotonic()
                    measured.append(bench.measure(entry))
                    print(f"bench: {entry.name}: {time.monotonic() - start:.0f} s", flush=True)
                    write(out, measured)
            except CannotMeasure as problem:
                done = {entry["name"] for entry in measured}
                failures.append(f"{', '.join(name for name in names if name not in done)}: {problem}")
    print(results.table(measured) if measured else "bench: nothing was measured")
    return failures + results.problems(measured)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out")
    parser.add_argument("--pingpong")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("entries", nargs="*")
    options = parser.parse_args()
    if options.list:
        print("\n".join(NAMES))
        return 0
    unknown = [name for name in options.entries if name not in NAMES]
    if unknown:
        parser.error(f"no entry {', '.join(unknown)}; there are {', '.join(NAMES)}")
    start = time.monotonic()
    bench = Bench(options.pingpong, os.environ["ATOLL_ACCEL"])
    failures = measure(bench, options.entries or NAMES, options.out)
    for failure in failures:
        print(f"bench: FAILED: {failure}", file=sys.stderr)
    print(f"bench: {options.out} after {time.monotonic() - start:.0f} s")
    return 1 if failures else 0


sys.exit(main())
