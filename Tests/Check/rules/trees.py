# SPDX-License-Identifier: Apache-2.0
"""Which of the kernel's trees a target may name."""

TITLE = "the kernel's trees are named by their owners"

OWNERS = {
    "/sys/fs/cgroup": {"AtollCgroup", "AtollDoctor"},
    "/sys/bus/pci": {"AtollGuest"},
}


def findings(tree) -> list[str]:
    found = []
    for source in tree.ending(".swift", ".c", ".h"):
        if source.wing not in ("Sources", "guest"):
            continue
        for number, line in enumerate(source.uncommented, 1):
            for name, owners in OWNERS.items():
                if name in line and source.target not in owners:
                    found.append(f"{source.path}:{number}: only {', '.join(sorted(owners))} names {name}")
    return found


GOOD = [
    {"Sources/AtollCgroup/A.swift": 'let root = "/sys/fs/cgroup"\n',
     "guest/AtollGuest/A.swift": 'let root = "/sys/bus/pci/devices"\n',
     "Sources/AtollHost/A.swift": "// as /sys/fs/cgroup says\n"},
]
BAD = [
    ({"Sources/AtollHost/A.swift": 'let root = "/sys/fs/cgroup/memory"\n'}, "names /sys/fs/cgroup"),
    ({"guest/atoll-agent/main.swift": 'let root = "/sys/bus/pci/devices"\n'}, "only AtollGuest names"),
    ({"Sources/CLinuxShim/a.c": 'open("/sys/bus/pci/devices", 0);\n'}, "only AtollGuest names"),
]
