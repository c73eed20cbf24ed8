# SPDX-License-Identifier: Apache-2.0
"""What guests wrote reaches the host as values that AtollRegion has checked."""
import re

TITLE = "the host reads regions through their readers"

# The bridge's own readers, and what makes a mapping a region.
READERS = {"AtollRegion", "AtollSync", "AtollSystem"}
MAPS = {"Sources/AtollHost/Store/RegionStore.swift", "Sources/AtollHost/Store/RegionStore+Found.swift"}
WORDS = {"Sources/AtollHost/Service/GuestText.swift"}
RAW = [
    (re.compile(r"\bmemory\s*\.\s*(?:load|store|copy|word|words|add|compareExchange|zero|write|pointer|fence)\w*\("),
     "reads or writes a region's words by itself"),
    (re.compile(r"\b(?:OutputRing|SyncFigures|TeamHead|TeamThreadLine|SharedArray)\("), "takes a region apart by itself"),
]
MAPPING = re.compile(r"\b(?:SharedMemory|Mapping)\(")
DECODING = re.compile(r"\bString\((?:decoding|cString|validating|validatingUTF8):.*(?:name|Name|region|record)")


def findings(tree) -> list[str]:
    found = []
    for source in tree.swift():
        # Only who has AtollRegion can have a region's bytes.
        if source.wing != "Sources" or source.target in READERS:
            continue
        if not any(re.match(r"\s*(?:public |internal )?import AtollRegion\b", line) for line in source.code):
            continue
        for number, line in enumerate(source.code, 1):
            where = f"{source.path}:{number}"
            found += [f"{where}: {why}: that is AtollRegion's" for pattern, why in RAW if pattern.search(line)]
            if source.path not in MAPS and MAPPING.search(line):
                found.append(f"{where}: only {', '.join(sorted(MAPS))} maps a region")
            if source.path not in WORDS and DECODING.search(line):
                found.append(f"{where}: words of guests are GuestText")
    return found


_HOST = "Sources/AtollHost/A.swift"
GOOD = [
    {_HOST: "import AtollRegion\nlet a = region.member(1).incarnation\nlet b = configuration.memoryReserve\n",
     "Sources/AtollHost/Store/RegionStore.swift": "import AtollRegion\nlet m = SharedMemory(try Mapping(file, count: 1))\n",
     "Sources/AtollHost/Service/GuestText.swift": "import AtollRegion\nlet s = String(decoding: record.name, as: UTF8.self)\n",
     "Sources/AtollServer/A.swift": "let s = String(decoding: name, as: UTF8.self)\n",
     "Sources/AtollRegion/A.swift": "let a = memory.load(word: 8)\n"},
]
BAD = [
    ({_HOST: "import AtollRegion\nlet a = region.memory.load(word: 8)\n"}, "reads or writes a region's words"),
    ({_HOST: "import AtollRegion\nregion.memory.write([1], at: 0)\n"}, "reads or writes a region's words"),
    ({_HOST: "import AtollRegion\nvar r = OutputRing(region, index: 1)\n"}, "takes a region apart"),
    ({_HOST: "public import AtollRegion\nlet m = SharedMemory(mapping)\n"}, "maps a region"),
    ({_HOST: "import AtollRegion\nlet s = String(decoding: region.identity.regionName, as: UTF8.self)\n"}, "GuestText"),
]
