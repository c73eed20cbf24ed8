# SPDX-License-Identifier: Apache-2.0
"""extract_vmlinux.py BZIMAGE OUT: the ELF kernel inside a distribution's compressed one.

QEMU starts an ELF kernel directly (PVH). A bzImage goes through the BIOS and unpacks itself, which takes
5 seconds when the processor is emulated.
"""
import gzip
import lzma
import struct
import subprocess
import sys


def payload(image: bytes) -> bytes:
    # The offsets are the Linux boot protocol's: 0x1f1 setup sectors, 0x248 payload offset and length.
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = ((image[0x1F1] or 4) + 1) * 512 + offset
    return image[start : start + length]


def unpack(data: bytes) -> bytes:
    # The last four bytes are the unpacked size, which an incremental decompressor leaves alone.
    if data.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(data)
    if data.startswith(b"\x1f\x8b"):
        return gzip.zlib.decompressobj(31).decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-dc"], input=data[:-4], stdout=subprocess.PIPE, check=True).stdout
    if data.startswith(b"\x7fELF"):
        return data
    sys.exit(f"image: {sys.argv[1]}: payload starts with {data[:6].hex()}, which is none of xz, gzip, zstd")


def main() -> None:
    with open(sys.argv[1], "rb") as source:
        kernel = unpack(payload(source.read()))
    if not kernel.startswith(b"\x7fELF"):
        sys.exit(f"image: {sys.argv[1]}: what was unpacked is no ELF file")
    with open(sys.argv[2], "wb") as out:
        out.write(kernel)


main()
