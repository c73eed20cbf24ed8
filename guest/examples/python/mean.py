#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The mean and the spread of N numbers in a NumPy array that all machines of a job share.

    PYTHONPATH=/usr/local/lib/python3 atoll-run -t 1 -e PYTHONPATH -- /usr/bin/python3 mean.py 1000000
"""

import sys

import atoll


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with atoll.Team() as team:
        numbers = team.array("numbers", count)
        threads = team.array("threads", 1, "int64")
        lock = team.lock("threads")

        def work(me):
            import numpy

            mine = me.share(0, count)
            part = numbers[mine.start : mine.stop]
            part[:] = numpy.arange(mine.start, mine.stop) % 10
            mean = me.sum(float(part.sum())) / count
            spread = me.sum(float(((part - mean) ** 2).sum())) / count
            with me.hold(lock):
                threads[0] += 1
            me.barrier()
            # Every thread sees what all have written.
            return mean, spread, float(numbers.max()), int(threads[0])

        results = team.run(work)
        agree = all(result == results[0] for result in results)
        mean, spread, largest, seen = results[0]
        if team.vm_rank == 0:
            print(f"mean: vms={team.vms} threads={seen} n={count} mean={mean} spread={spread} max={largest}")
        agree = agree and seen == team.size and abs(mean - numbers.mean()) < 1e-9
    return 0 if agree else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except atoll.AtollError as error:
        sys.exit(f"mean: {error}")
