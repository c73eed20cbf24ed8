# SPDX-License-Identifier: Apache-2.0
"""Builds programs into a cache; what is newer than its sources is not built again."""
import glob
import os
import shutil
import subprocess

from program import Program

GNU = {
    "c": ["gcc", "-std=gnu11", "-Wall", "-Wno-unknown-pragmas"],
    "cxx": ["g++", "-std=c++20", "-Wall"],
    "fortran": ["gfortran", "-cpp", "-Wall", "-Wno-unused-dummy-argument"],
}
CLANG = {"c": ["clang", "-std=gnu11"], "cxx": ["clang++", "-std=c++20"]}


class CannotBuild(Exception):
    """A compiler said no; its first lines are the text."""


class Builder:
    def __init__(self, cache: str, programs: str, library: str):
        self.cache, self.headers, self.library = cache, programs + "/c", library
        for part in ("bin", "modules", "clang/include", "clang/lib", "run"):
            os.makedirs(f"{cache}/{part}", exist_ok=True)
        self.has_clang = self._prepare_clang()

    def _prepare_clang(self) -> bool:
        """A toolchain's clang has no omp.h and no libomp beside it: gcc's header serves, and so does this library."""
        headers = glob.glob("/usr/lib/gcc/*/*/include/omp.h")
        if not shutil.which("clang") or not headers:
            return False
        shutil.copy(sorted(headers)[-1], self.cache + "/clang/include/omp.h")
        link = self.cache + "/clang/lib/libomp.so"
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.abspath(self.library), link)
        return True

    def _compile(self, command: list[str], target: str, sources: list[str]) -> str:
        sources = sources + [self.headers + "/check.h"]
        if os.path.exists(target) and all(os.path.getmtime(one) < os.path.getmtime(target) for one in sources):
            return target
        made = target + ".new"
        done = subprocess.run(command + ["-o", made], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode or done.stderr:
            raise CannotBuild("\n".join(done.stderr.splitlines()[:6]) or f"{command[0]} exited with {done.returncode}")
        os.replace(made, target)
        return target

    def shared(self, source: str) -> str:
        path = f"{self.headers}/{source}"
        target = f"{self.cache}/bin/lib{os.path.splitext(source)[0]}.so"
        return self._compile(["gcc", "-O1", "-g", "-fopenmp", "-shared", "-fPIC", path], target, [path])

    def again(self, one: Program, clang: bool = False) -> str:
        """A program in C that runs as often as ATOLL_SUITE_TIMES says, one time after the other."""
        driver = os.path.dirname(self.headers) + "/again.c"
        command = (CLANG if clang else GNU)[one.language] + ["-O1", "-g", "-fopenmp", f"-I{self.headers}"]
        command += ["-Dmain=one_time", one.path, driver, *(self._for_clang() if clang else []), *one.flags]
        return self._compile(command, f"{self.cache}/bin/{one.name}.again{'.clang' * clang}", [one.path, driver])

    def _for_clang(self) -> list[str]:
        # clang calls gcc's library for atomics wider than the processor's.
        return ["-w", f"-I{self.cache}/clang/include", f"-L{self.cache}/clang/lib", "-Wl,--as-needed", "-latomic"]

    def program(self, one: Program, clang: bool = False, broken: bool = False, variant: str = "") -> str:
        command = (CLANG if clang else GNU)[one.language] + ["-O1", "-g", "-fopenmp", f"-I{self.headers}", one.path]
        if one.language == "fortran":
            command.append(f"-J{self.cache}/modules")
        if clang:
            command += self._for_clang()
        if broken:
            command += ["-DBROKEN", "-w"]
        sources = [one.path]
        if library := one.value("library"):
            command += [self.shared(library), f"-Wl,-rpath,{self.cache}/bin"]
        name = one.name + (".clang" if clang else "") + (".broken" if broken else "") + variant.replace("/", "_")
        return self._compile(command + one.flags + variant.split(), f"{self.cache}/bin/{name}", sources)
