# SPDX-License-Identifier: Apache-2.0
"""pack_initrd.py: writes the initramfs (cpio "newc") of the small VM.

Written here and not by cpio(1), because device nodes, owners and times are then ours to choose: no root is
needed and the same inputs give the same bytes. It is left uncompressed: unpacking costs more than reading.
"""
import argparse
import hashlib
import os
import stat
import subprocess
import sys

# What `make build` leaves in bin/ for the host; no guest runs them.
HOST_PROGRAMS = {"atoll", "atolld", "atoll-place"}
LIBRARY_DIR = "lib/x86_64-linux-gnu"  # where the loader looks without a configuration


class Archive:
    def __init__(self) -> None:
        # path: mode, uid, data, device. The kernel's own root directory lets everybody write.
        self.entries: dict[str, tuple[int, int, bytes, int]] = {".": (stat.S_IFDIR | 0o755, 0, b"", 0)}

    def directory(self, path: str, mode: int = 0o755, uid: int = 0) -> None:
        if path and path not in self.entries:
            self.directory(os.path.dirname(path))
            self.entries[path] = (stat.S_IFDIR | mode, uid, b"", 0)

    def file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self.directory(os.path.dirname(path))
        self.entries[path] = (stat.S_IFREG | mode, 0, data, 0)

    def link(self, path: str, target: str) -> None:
        self.directory(os.path.dirname(path))
        self.entries[path] = (stat.S_IFLNK | 0o777, 0, target.encode(), 0)

    def node(self, path: str, major: int, minor: int) -> None:
        self.directory(os.path.dirname(path))
        self.entries[path] = (stat.S_IFCHR | 0o600, 0, b"", os.makedev(major, minor))

    def bytes(self) -> bytes:
        out = bytearray()
        records = list(self.entries.items()) + [("TRAILER!!!", (0, 0, b"", 0))]
        for number, (path, (mode, uid, data, device)) in enumerate(records, 1):
            links = 2 if stat.S_ISDIR(mode) else 1
            numbers = [number, mode, uid, uid, links, 0, len(data), 0, 0]
            numbers += [os.major(device), os.minor(device), len(path) + 1, 0]
            out += b"070701" + b"".join(b"%08X" % n for n in numbers) + path.encode() + b"\0"
            out += b"\0" * (-len(out) % 4) + data
            out += b"\0" * (-len(out) % 4)
        return bytes(out)


def libraries(path: str, search: str) -> list[str]:
    """The loader and the libraries that an ELF file needs, by asking the loader."""
    env = dict(os.environ, LD_LIBRARY_PATH=search)
    answer = subprocess.run(["ldd", path], env=env, capture_output=True, text=True)
    found = []
    for line in answer.stdout.splitlines():
        if "not found" in line:
            sys.exit(f"image: {path} needs {line.split()[0]}, which is neither in --dist nor on this machine")
        found += [word for word in line.split() if word.startswith("/")]
    return found


def add_program(archive: Archive, source: str, target: str, search: str) -> None:
    with open(source, "rb") as handle:
        data = handle.read()
    archive.file(target, data, stat.S_IMODE(os.stat(source).st_mode) | 0o444)
    if not data.startswith(b"\x7fELF"):
        return
    for library in libraries(source, search):
        name = os.path.basename(library)
        home = "lib64" if name.startswith("ld-linux") else LIBRARY_DIR
        if f"{home}/{name}" not in archive.entries:
            with open(library, "rb") as handle:
                archive.file(f"{home}/{name}", handle.read(), 0o755)


def add_dist(archive: Archive, dist: str, search: str) -> None:
    # lib first, so that a program's `ldd` finds these already in place.
    openmp = "lib/atoll/openmp"
    for part, target in (("lib", LIBRARY_DIR), (openmp, openmp), ("bin", "bin")):
        top = os.path.join(dist, part)
        for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
            source = os.path.join(top, name)
            if part == "bin" and name in HOST_PROGRAMS:
                continue
            if os.path.islink(source) and os.path.exists(os.path.join(top, os.readlink(source))):
                archive.link(f"{target}/{name}", os.readlink(source))
            elif os.path.isfile(source) and (part == "bin" or ".so" in name):
                add_program(archive, source, f"{target}/{name}", search)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rootfs", required=True)
    parser.add_argument("--busybox", required=True)
    parser.add_argument("--dist")
    parser.add_argument("--add", action="append", default=[])
    parser.add_argument("out")
    options = parser.parse_args()
    search = os.path.join(os.path.abspath(options.dist), "lib") if options.dist else ""

    archive = Archive()
    for path in ("proc", "sys", "dev", "run", "root", "var/log", "sbin", "usr/bin"):
        archive.directory(path)
    archive.directory("tmp", 0o1777)
    archive.directory("home/atoll", 0o755, 1000)
    archive.node("dev/console", 5, 1)  # the kernel opens it before /dev is mounted
    for top, _, names in sorted(os.walk(options.rootfs)):
        for name in sorted(names):
            source = os.path.join(top, name)
            with open(source, "rb") as handle:
                mode = 0o755 if os.access(source, os.X_OK) else 0o644
                archive.file(os.path.relpath(source, options.rootfs), handle.read(), mode)
    with open(options.busybox, "rb") as handle:
        archive.file("bin/busybox", handle.read(), 0o755)
    # Links made here cost nothing at boot; `busybox --install` in the guest would.
    applets = subprocess.run([options.busybox, "--list"], capture_output=True, text=True, check=True).stdout
    for applet in sorted(applets.split()):
        if applet != "busybox":
            archive.link(f"bin/{applet}", "busybox")
    archive.link("init", "bin/busybox")
    for path in ("sbin/poweroff", "sbin/reboot", "sbin/shutdown", "usr/bin/env"):
        archive.link(path, f"/bin/{'poweroff' if path.endswith('shutdown') else os.path.basename(path)}")
    if options.dist:
        add_dist(archive, options.dist, search)
    for item in options.add:
        source, _, target = item.partition(":")
        add_program(archive, source, (target or "bin/" + os.path.basename(source)).lstrip("/"), search)

    data = archive.bytes()
    try:
        with open(options.out, "rb") as handle:
            if hashlib.sha256(handle.read()).digest() == hashlib.sha256(data).digest():
                return
    except FileNotFoundError:
        pass
    # Renamed into place: a VM that is starting reads the old file or the new one, never half of each.
    with open(f"{options.out}.{os.getpid()}", "wb") as handle:
        handle.write(data)
    os.rename(handle.name, options.out)
    print(f"image: {options.out} ({len(data) / 1e6:.1f} MB, {len(archive.entries)} files)")


main()
