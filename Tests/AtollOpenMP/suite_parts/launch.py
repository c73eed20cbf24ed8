# SPDX-License-Identifier: Apache-2.0
"""How a program is started: plainly, or in several processes with Atoll's runtime."""

THREADS = 4


class Launcher:
    def __init__(self, local: str, library: str, atoll_run: str | None):
        self.local, self.library, self.atoll_run = local, library, atoll_run

    def command(
        self, processes: int, program: str, arguments: list[str], threads: int = THREADS
    ) -> list[str]:
        """processes 0: with the library that the program was linked with."""
        if processes == 0:
            return [program, *arguments]
        each = str(-(-threads // processes))
        if self.atoll_run:
            # Some try what is no OpenMP in the program's own files: they are not linked with a library of it.
            return [self.atoll_run, "--local", str(processes), "-t", each, "--openmp", "always", "--", program,
                    *arguments]
        return [self.local, "-l", self.library, "-t", each, str(processes), program, *arguments]

    @staticmethod
    def used(processes: int) -> int:
        """Over how many of the processes a team of the suite's size is spread when it fills them one by one."""
        if processes == 0:
            return 1
        each = -(-THREADS // processes)
        return -(-THREADS // each)
