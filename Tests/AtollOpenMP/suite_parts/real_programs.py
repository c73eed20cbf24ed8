# SPDX-License-Identifier: Apache-2.0
"""Where the whole programs come from, how they are built (in a copy) and what of their output counts."""
import functools
import glob
import os
import shutil
import subprocess
from typing import Callable

from whole import Whole

SOURCES = {
    "npb": ("https://github.com/GMAP/NPB-CPP", "5bc1e2c4aca0"),
    "lulesh": ("https://github.com/LLNL/LULESH", "3e01c40b3281"),
    "stream": ("https://github.com/jeffhammond/STREAM", "6703f7504a38"),
    "epcc": ("https://github.com/EPCCed/epcc-openmp-microbenchmarks", "d4a904cbfc95"),
    "rodinia": ("https://github.com/yuhc/gpu-rodinia", "9c10d3ea16dd"),
}
# Their small forms are done within minutes under emulation.
IN_VMS = ("npb", "lulesh")
KERNELS = ("bt", "cg", "ep", "ft", "is", "lu", "mg", "sp")
CLOCKS = (
    r"(?i)time|seconds|mop|date|rate|timer|elapsed|grind|fom|millisecond|us\)|: *[0-9.]+ *s$|took|^ *[0-9.]+ s"
    # What is nought but for rounding.
    r"|e-1[0-9]"
)
# name: (folder, sources, arguments, further flags)
RODINIA = {
    "lud": ("lud", ["omp/lud.c", "omp/lud_omp.c", "common/common.c"], ["-s", "256", "-v"], ["-Ilud/common"]),
    "nw": ("nw", ["needle.cpp"], ["512", "10", "4"], []),
    "pathfinder": ("pathfinder", ["pathfinder.cpp"], ["20000", "100"], []),
    "backprop": ("backprop", ["backprop.c", "backprop_kernel.c", "facetrain.c", "imagenet.c"], ["16384"], []),
    "lavaMD": ("lavaMD", ["main.c", "kernel/kernel_cpu.c", "util/num/num.c", "util/timer/timer.c"],
               ["-cores", "4", "-boxes1d", "4"], []),
    "particlefilter": ("particlefilter", ["ex_particle_OPENMP_seq.c"], "-x 64 -y 64 -z 6 -np 2000".split(), []),
    "streamcluster": ("streamcluster", ["streamcluster_omp.cpp"], "5 10 16 1024 1024 100 none result 4".split(), []),
    "srad": ("srad/srad_v2", ["srad.cpp"], "128 128 0 31 0 31 4 0.5 5".split(), []),
}
EPCC = {"syncbench": "3", "schedbench": "2", "taskbench": "2", "arraybench": "2"}


class CannotMake(Exception):
    """The compiler's last words."""


class Workshop:
    def __init__(self, directory: str, cache: str, size: str, is_small: bool = False):
        self.directory, self.cache, self.size, self.is_small = os.path.abspath(directory), cache, size, is_small
        os.makedirs(cache + "/bin", exist_ok=True)

    @staticmethod
    def _call(command: list[str], place: str) -> None:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            raise CannotMake(" | ".join((done.stdout + done.stderr).splitlines()[-3:]))

    def _built(self, name: str, command: list[str], place: str) -> str:
        target = f"{self.cache}/bin/{name}"
        if not os.path.exists(target):
            self._call(command + ["-o", target + ".new"], place)
            os.replace(target + ".new", target)
        return target

    def of(self, name: str) -> list[tuple[str, Callable[[], Whole]]]:
        if name == "npb":
            return [(f"npb-{kernel}", functools.partial(self.npb, kernel)) for kernel in KERNELS]
        if name == "rodinia":
            return [(f"rodinia-{one}", functools.partial(self._rodinia, one)) for one in RODINIA]
        if name == "epcc":
            return [(f"epcc-{one}", functools.partial(self._epcc, one)) for one in EPCC]
        return [(name, getattr(self, "_" + name))]

    def npb(self, kernel: str, twin: str = "", options: tuple[str, ...] = ()) -> Whole:
        """- twin: another build, by other options of make."""
        copy, target = f"{self.cache}/npb{twin}", f"{self.cache}/bin/{kernel}.{self.size}{twin}"
        if not os.path.isdir(copy):
            shutil.copytree(f"{self.directory}/npb/NPB-OMP", copy)
            os.makedirs(copy + "/bin", exist_ok=True)
            self._call(["sed", "-i", "s/Time in seconds = .*%12.2f/Time in seconds = %12.6f/", "common/c_print_results.cpp"], copy)
        if not os.path.exists(target):
            self._call(["make", "-s", kernel.upper(), f"CLASS={self.size}", *options], copy)
            shutil.copy(f"{copy}/bin/{kernel}.{self.size}", target)
        # The sums' last digits depend on the order in which threads add.
        return Whole(f"npb-{kernel}.{self.size}", [target], drop=CLOCKS, demand=r"Verification\s+=\s+SUCCESSFUL", digits=6,
                     seconds=300)

    def clang_twin(self, kernel: str, libomp: str) -> Whole:
        """A kernel as clang builds it for LLVM's library. gcc's header serves: the names are the same."""
        headers = self.cache + "/clang"
        os.makedirs(headers, exist_ok=True)
        shutil.copy(sorted(glob.glob("/usr/lib/gcc/*/*/include/omp.h"))[-1], headers)
        flags = f"-O3 -fopenmp=libomp -mcmodel=medium -w -I{headers}"
        return self.npb(kernel, ".clang", (
            "CC=clang++ -std=c++14", f"UCC=clang++ -w -D_OPENMP=201811 -I{headers}", f"CFLAGS={flags}", f"CLINKFLAGS={flags} -L{libomp}"))

    def _lulesh(self) -> Whole:
        place = f"{self.directory}/lulesh"
        sources = ["lulesh.cc", "lulesh-comm.cc", "lulesh-init.cc", "lulesh-util.cc", "lulesh-viz.cc"]
        target = self._built("lulesh", ["g++", "-O3", "-w", "-fopenmp", "-DUSE_MPI=0", *sources], place)
        steps = ["-s", "8", "-i", "10"] if self.is_small else ["-s", "15", "-i", "60"]
        return Whole("lulesh", [target, *steps], drop=CLOCKS, demand="Final Origin Energy", digits=6)

    def _stream(self) -> Whole:
        flags = ["-O3", "-w", "-fopenmp", "-DSTREAM_ARRAY_SIZE=4000000", "-DNTIMES=5"]
        target = self._built("stream", ["gcc", *flags, "stream.c"], f"{self.directory}/stream")
        return Whole("stream", [target], drop=r"^(Copy|Scale|Add|Triad)|microseconds|clock ticks", demand="Solution Validates")

    def _epcc(self, which: str) -> Whole:
        place = f"{self.directory}/epcc/openmpbench_C_v31"
        flags = ["-O1", "-w", "-fopenmp", "-lm", "-DOMPVER2", "-DOMPVER3", "-DIDA=729"]
        target = self._built(f"epcc-{which}", ["gcc", f"{which}.c", "common.c", *flags], place)
        # Figures differ; that all measurements came to their end is what counts.
        return Whole(f"epcc-{which}", [target, "--outer-repetitions", EPCC[which], "--test-time", "20", "--delay-time", "0.1"],
                     drop=r"[0-9]\.[0-9]|mean|sd|outlier|reps|iterations", demand=r"(?i)computing|thread")

    def _rodinia(self, which: str) -> Whole:
        folder, sources, arguments, flags = RODINIA[which]
        place = f"{self.directory}/rodinia/openmp"
        compiler = "g++" if sources[0].endswith(".cpp") else "gcc"
        command = [compiler, "-O2", "-w", "-fopenmp", "-DOPEN", "-D_DEFAULT_SOURCE", f"-I{folder}", *flags,
                   *[f"{folder}/{source}" for source in sources], "-lm"]
        target = self._built(f"rodinia-{which}", command, place)
        # streamcluster adds to its table of centres in all threads without a lock, so its result is luck.
        return Whole(f"rodinia-{which}", [target, *arguments], drop=CLOCKS, digits=4)
