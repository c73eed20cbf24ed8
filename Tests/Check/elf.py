# SPDX-License-Identifier: Apache-2.0
"""What a 64-bit little-endian ELF file asks of the loader: libraries, and names in and out."""
import struct
from dataclasses import dataclass, field

DT_NEEDED, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SONAME = 1, 5, 6, 10, 14
SHT_DYNAMIC, SHT_DYNSYM = 6, 11


@dataclass
class Elf:
    needed: list[str] = field(default_factory=list)
    soname: str = ""
    imported: list[str] = field(default_factory=list)
    exported: list[str] = field(default_factory=list)


def read(path: str) -> Elf | None:
    """`None` where the file is no ELF file."""
    with open(path, "rb") as handle:
        data = handle.read()
    if data[:6] != b"\x7fELF\x02\x01":
        return None
    (table,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    # type, offset, size, index of the string table that goes with it
    sections = [
        (kind, offset, length, link)
        for kind, _, _, offset, length, link in (
            struct.unpack_from("<IQQQQI", data, table + i * size + 4) for i in range(count))
    ]

    def string(section: int, at: int) -> str:
        start = sections[section][1] + at
        return data[start : data.index(b"\0", start)].decode()

    elf = Elf()
    for kind, offset, length, link in sections:
        if kind == SHT_DYNAMIC:
            for at in range(offset, offset + length, 16):
                tag, value = struct.unpack_from("<QQ", data, at)
                if tag == DT_NEEDED:
                    elf.needed.append(string(link, value))
                elif tag == DT_SONAME:
                    elf.soname = string(link, value)
        elif kind == SHT_DYNSYM:
            for at in range(offset + 24, offset + length, 24):
                name, info, other, section = struct.unpack_from("<IBBH", data, at)
                if section == 0:
                    elf.imported.append(string(link, name))
                elif info >> 4 in (1, 2) and other & 3 == 0 and section != 0xFFF1:
                    elf.exported.append(string(link, name))
    return elf
