# SPDX-License-Identifier: Apache-2.0
"""What is built needs no more than it may: a guest has libc, a host has no Swift toolchain."""
import glob
import os
import re
import subprocess

import elf

TITLE = "programs link what they may"

TREES = (".build/dist", ".build/dist-debug")
PARTS = ("bin", "lib", "lib/atoll/openmp")
LIBC = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
HOST = {"atoll", "atolld", "atoll-place"}
# What a library of ours shows: its public interface, by these names.
PUBLIC = {"libatoll.so": re.compile(r"atoll_\w+")}
# Or by the lists that it is linked with.
LISTED = {"libatoll-gomp.so": "guest/CAtollOpenMP/names"}
# What a library calls itself, where that is not its file's name.
SONAME = {"libatoll-gomp.so": "libgomp.so.1"}
LINKERS_OWN = {"_end", "_edata", "__bss_start", "_init", "_fini"}
# Left in a guest's program by what only the host may use.
HOST_WING = re.compile(rb"Foundation|AtollHost|AtollLibvirt|Hummingbird|NIOPosix|GRDB")
RUNTIME = re.compile(r"libswift|lib_?Foundation|libdispatch|libBlocksRuntime|lib_.*Swift")


def listed(directory: str) -> set[str]:
    """The second word of each line: the first is the name's version."""
    found = set()
    for path in glob.glob(directory + "/*.txt") + glob.glob(directory + "/known/*"):
        with open(path, encoding="utf-8") as handle:
            found |= {line.split()[1] for line in handle if len(line.split()) > 1 and line[0] != "#"}
    return found


def of_guest(path: str, name: str, root: str) -> list[str]:
    file = elf.read(path)
    if file is None:
        return []
    found = [f"needs {other}" for other in file.needed
             if other not in LIBC and not other.startswith("libatoll")]
    found += [f"asks the loader for {symbol}" for symbol in file.imported
              if re.match(r"swift_|_?swift|\$[se]", symbol)]
    base = re.sub(r"\.so(\..*)?$", ".so", name)
    if ".so" in name:
        pattern = PUBLIC.get(base)
        names = listed(os.path.join(root, LISTED[base])) if base in LISTED else set()
        found += [f"shows {symbol}" for symbol in file.exported
                  if symbol not in LINKERS_OWN | names and not (pattern and pattern.fullmatch(symbol))]
        if not file.soname.startswith(SONAME.get(base, base)):
            found.append(f"calls itself '{file.soname}'")
    with open(path, "rb") as handle:
        found += [f"holds the host's {match.decode()}" for match in set(HOST_WING.findall(handle.read()))]
    return found


def of_host(path: str) -> list[str]:
    file = elf.read(path)
    return [f"needs {other}, which only a Swift toolchain has" for other in (file.needed if file else [])
            if RUNTIME.match(other)]


def findings(tree) -> list[str]:
    found = []
    for top in TREES:
        for part in PARTS:
            directory = os.path.join(tree.root, top, part)
            for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else []:
                path = os.path.join(directory, name)
                if not os.path.isfile(path) or os.path.islink(path):
                    continue
                if name not in HOST:
                    found += [f"{top}/{part}/{name}: {why}" for why in of_guest(path, name, tree.root)]
                elif top == ".build/dist":
                    found += [f"{top}/{part}/{name}: {why}" for why in of_host(path)]
    if not any(os.path.isdir(os.path.join(tree.root, top)) for top in TREES):
        found.append("no programs to look at; run make build")
    return found


def link(directory: str, path: str, code: str, *flags: str) -> None:
    target = os.path.join(directory, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    subprocess.run(["clang", "-x", "c", "-", "-x", "none", "-o", target, "-fPIC",
                    "-Wno-unused-command-line-argument", *flags],
                   input=code, text=True, check=True)


def examples(directory: str):
    """Builds small programs that are right, and one for each way to be wrong."""
    library = ("-shared", "-Wl,-soname,libatoll.so.1")
    main = "int main(void) { return 0; }"
    swift = os.path.join(directory, "libswiftCore.so")
    link(directory, "libswiftCore.so", "int swift_retain(void) { return 0; }", "-shared", "-Wl,-soname,libswiftCore.so")
    cases = [
        (None, "dist", "lib/libatoll.so.1", "int atoll_open(void) { return 0; }", library),
        ("shows swift_retain", "dist", "lib/libatoll.so.1", "int swift_retain(void) { return 0; }", library),
        ("calls itself", "dist", "lib/libatoll.so.1", "int atoll_open(void) { return 0; }", ("-shared",)),
        (None, "dist", "bin/atoll-agent", main, ()),
        ("needs libswiftCore.so", "dist", "bin/atoll-agent", main, ("-Wl,--no-as-needed", swift)),
        ("asks the loader for swift_retain", "dist-debug", "lib/libatoll.so.1",
         "int swift_retain(void); int atoll_open(void) { return swift_retain(); }", (*library, "-Wl,--unresolved-symbols=ignore-all")),
        ("holds the host's GRDB", "dist", "bin/atoll-run", "const char *volatile a = \"GRDB\"; " + main, ()),
        ("only a Swift toolchain", "dist", "bin/atolld", main, ("-Wl,--no-as-needed", swift)),
        (None, "dist-debug", "bin/atolld", main, ("-Wl,--no-as-needed", swift)),
    ]
    runtime = ("-shared", "-Wl,-soname,libgomp.so.1")
    path = "lib/atoll/openmp/libatoll-gomp.so"
    serve = "void GOMP_barrier(void) {} "
    cases += [
        (None, "dist", path, serve, runtime),
        ("shows atoll_image_look", "dist", path, serve + "void atoll_image_look(void) {}", runtime),
        ("needs libswiftCore.so", "dist-debug", path, serve, (*runtime, "-Wl,--no-as-needed", swift)),
        ("asks the loader for swift_retain", "dist", path, "int swift_retain(void); int GOMP_barrier(void) { return swift_retain(); }",
         (*runtime, "-Wl,--unresolved-symbols=ignore-all")),
        ("calls itself", "dist", path, serve, ("-shared",)),
    ]
    for number, (words, top, path, code, flags) in enumerate(cases):
        root = os.path.join(directory, str(number))
        names = os.path.join(root, LISTED["libatoll-gomp.so"])
        os.makedirs(names)
        with open(names + "/core.txt", "w", encoding="utf-8") as handle:
            handle.write("# A list\nGOMP_1.0 GOMP_barrier\n")
        link(os.path.join(root, ".build", top), path, code, *flags)
        yield root, words
    empty = os.path.join(directory, "empty")
    os.makedirs(empty)
    yield empty, "no programs to look at"
