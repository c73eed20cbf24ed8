# SPDX-License-Identifier: Apache-2.0
"""Who may import whom: the map of the house, kept by a program."""
import re

TITLE = "imports keep to the map"

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?(\w+)")
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')

# Modules that one target alone may import.
DOORS = {"CLibvirt": {"AtollLibvirt"}, "CNuma": {"AtollNUMA"}, "CZstd": {"AtollSnapshotFile"}}
DOOR_HEADERS = {"libvirt/": {"CLibvirt", "AtollLibvirt"}, "numa": {"CNuma", "AtollNUMA"},
                "zstd": {"CZstd", "AtollSnapshotFile"}}

# What guests load needs nothing from outside: these targets import one another and nothing else.
BRIDGE = {"CAtollABI", "CLinuxShim", "AtollSystem", "AtollRegion", "AtollSync"}
# Where atomics are made. Others of the bridge and of the guest wing take words.
ATOMICS = {"AtollRegion"}

# Of our own modules, and of those that reach the operating system, a target below imports these alone.
ONLY = {
    "AtollSystem": {"CLinuxShim"},
    "AtollRegion": {"CAtollABI", "AtollSystem", "Synchronization"},
    "AtollSync": {"AtollRegion"},
    "AtollAPI": set(),
    # Parses what nobody here wrote: knows nothing, so that it can do nothing.
    "AtollSnapshot": set(),
    "AtollSnapshotFile": {"AtollSnapshot", "AtollSystem", "CZstd"},
    "AtollHost": {"AtollAPI", "AtollDoctor", "AtollRegion", "AtollSnapshot", "AtollSystem"},
    "AtollClient": {"AtollAPI"},
    "AtollDoctor": {"AtollAPI"},
    # Adapters know the ports that they fill, and not each other.
    "AtollLibvirt": {"AtollAPI", "AtollHost", "AtollSystem", "CLibvirt"},
    "AtollCgroup": {"AtollAPI", "AtollHost", "AtollSystem"},
    "AtollPlacement": {"AtollAPI", "AtollHost", "AtollSystem"},
    # In a process of its own, which a region's group is charged for: small.
    "AtollNUMA": {"AtollSystem", "CNuma"},
    "atoll-place": {"AtollNUMA", "AtollSystem"},
    # For as long as a region lives, beside it: small.
    "atoll-doorbell": {"AtollSystem"},
    "AtollServer": {"AtollAPI", "AtollAccounts", "AtollHost", "AtollSnapshot", "AtollSystem"},
    "atoll": {"AtollAPI", "AtollAccounts", "AtollClient", "AtollDoctor", "AtollSnapshot", "AtollSnapshotFile"},
}


def is_ours(module: str) -> bool:
    return module.startswith(("Atoll", "CAtoll")) or module in {"CLinuxShim", "CLibvirt", "CNuma", "CZstd"}


def refusal(target: str, wing: str, module: str) -> str | None:
    if wing == "Tests":
        return None
    if target not in DOORS.get(module, {target}):
        return f"only {', '.join(DOORS[module])} imports {module}"
    is_guest = target in BRIDGE or wing == "guest"
    if module == "Synchronization" and is_guest:
        return None if target in ATOMICS else "only AtollRegion makes atomics over a region's bytes"
    if is_guest and not is_ours(module):
        return f"guests load {target}: it imports nothing from outside, so not {module}"
    if target in ONLY and is_ours(module) and module not in ONLY[target]:
        return f"{target} may not know {module}"
    if wing == "guest" and is_ours(module) and module in set(ONLY) - BRIDGE:
        return f"{module} is the host's; guests load {target}"
    return None


def findings(tree) -> list[str]:
    found = []
    for source in tree.swift():
        for number, line in enumerate(source.code, 1):
            for statement in line.split(";"):
                match = IMPORT.match(statement)
                why = match and refusal(source.target, source.wing, match.group(1))
                if why:
                    found.append(f"{source.path}:{number}: {why}")
            if source.target not in ATOMICS and re.search(r"Pointer<Atomic\b|\bto: Atomic<", line):
                found.append(f"{source.path}:{number}: only AtollRegion makes atomics over memory")
    for source in tree.ending(".c", ".h"):
        for number, line in enumerate(source.uncommented, 1):
            match = INCLUDE.match(line)
            for prefix, allowed in DOOR_HEADERS.items():
                if match and match.group(1).startswith(prefix) and source.target not in allowed:
                    found.append(f"{source.path}:{number}: only {', '.join(sorted(allowed))} includes {match.group(1)}")
    return found


GOOD = [
    {"Sources/AtollLibvirt/A.swift": "internal import CLibvirt\nimport AtollHost\nimport NIOPosix\n",
     "Sources/AtollRegion/A.swift": "public import Synchronization\ninternal import CAtollABI\n",
     "Sources/AtollSync/A.swift": "public import AtollRegion\n// import Glibc\nlet text = \"import Glibc\"\n",
     "guest/atoll-run/main.swift": "import AtollGuest\nimport AtollSystem\n",
     "Sources/AtollHost/A.swift": "import Foundation\nimport GRDB\nimport AtollRegion\nimport Synchronization\n",
     "Tests/AtollLibvirtTests/A.swift": "import CLibvirt\nimport Synchronization\n"},
]
BAD = [
    ({"Sources/AtollHost/A.swift": "import CLibvirt\n"}, "only AtollLibvirt imports CLibvirt"),
    ({"Sources/AtollServer/A.swift": "internal import struct CLibvirt.virDomain\n"}, "only AtollLibvirt"),
    ({"Sources/CLinuxShim/a.c": "#include <libvirt/libvirt.h>\n"}, "only AtollLibvirt, CLibvirt includes"),
    ({"Sources/AtollSync/A.swift": "import Synchronization\n"}, "only AtollRegion makes atomics"),
    ({"guest/AtollGuest/A.swift": "@_exported import Synchronization\n"}, "only AtollRegion makes atomics"),
    ({"Sources/AtollHost/A.swift": "let p: UnsafeMutablePointer<Atomic<UInt64>>\n"}, "atomics over memory"),
    ({"Sources/AtollSync/A.swift": "import AtollSystem\n"}, "AtollSync may not know AtollSystem"),
    ({"Sources/AtollSync/A.swift": "#if os(Linux)\nimport Glibc\n#endif\n"}, "not Glibc"),
    ({"guest/examples/heat/main.swift": "private import Foundation\n"}, "not Foundation"),
    ({"Sources/AtollRegion/A.swift": "let a = 1; import Dispatch\n"}, "not Dispatch"),
    ({"guest/atoll-agent/main.swift": "import AtollHost\n"}, "AtollHost is the host's"),
    ({"Sources/AtollHost/A.swift": "@testable import AtollLibvirt\n"}, "AtollHost may not know AtollLibvirt"),
    ({"Sources/AtollCgroup/A.swift": "import AtollNUMA\n"}, "AtollCgroup may not know AtollNUMA"),
    ({"Sources/atoll/A.swift": "import AtollHost\n"}, "atoll may not know AtollHost"),
]
