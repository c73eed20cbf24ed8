# SPDX-License-Identifier: Apache-2.0
"""`unsafe` lives in few places, and each use says why it is safe."""
import re

TITLE = "`unsafe` stands where it may, with its reason"

HOMES = {"AtollAccounts", "AtollSystem", "AtollRegion", "AtollLibvirt", "AtollNUMA", "AtollSnapshotFile", "AtollGuestC", "AtollOpenMP"}
# A reason covers the lines below it up to the next empty one, and no more than these.
REACH = 14


def covered_from_above(source, number: int) -> bool:
    """A line `SAFETY of all below` covers the rest of the braces that it stands in."""
    depth = lowest = 0
    for i in range(number - 1, -1, -1):
        # Upwards: a closing brace enters a block that lies beside us, an opening one leaves ours.
        for mark in reversed(re.findall(r"[{}]", source.code[i])) if i < number - 1 else []:
            depth += 1 if mark == "}" else -1
            lowest = min(lowest, depth)
        if "SAFETY of all below" in source.comments[i] and depth <= lowest:
            return True
    return False


def is_explained(source, number: int) -> bool:
    for i in range(number - 1, max(-1, number - 1 - REACH), -1):
        if "SAFETY" in source.comments[i]:
            return True
        if not source.lines[i].strip():
            break
    return covered_from_above(source, number)


def findings(tree) -> list[str]:
    found = []
    for source in tree.swift():
        for number, line in enumerate(source.code, 1):
            if not re.search(r"\bunsafe\b", line):
                continue
            where = f"{source.path}:{number}"
            if source.wing in ("Sources", "guest") and source.target not in HOMES:
                found.append(f"{where}: `unsafe` lives in {', '.join(sorted(HOMES))}, not in {source.target}")
            # Of a declaration the attribute is a warning to others; the reason belongs to the uses.
            elif not re.search(r"@unsafe\b", line) and not is_explained(source, number):
                found.append(f"{where}: no comment above says why this is safe (// SAFETY: ...)")
    return found


GOOD = [
    {"Sources/AtollSystem/A.swift": "func f() {\n    // SAFETY: it is ours.\n    let a = unsafe g(\n        unsafe h())\n}\n",
     "Sources/AtollRegion/B.swift": "struct S {\n    // SAFETY of all below: see init.\n    func f() { unsafe g() }\n\n"
                                    "    func g() {\n        unsafe h()\n    }\n}\n",
     "Sources/AtollHost/C.swift": "// nothing unsafe here\nlet s = \"unsafe \\(1)\"\nlet unsafeFlags = 1\n"},
]
BAD = [
    ({"Sources/AtollHost/A.swift": "// SAFETY: it is ours.\nlet a = unsafe g()\n"}, "not in AtollHost"),
    ({"guest/AtollGuest/A.swift": "nonisolated(unsafe) var a = 1\n"}, "not in AtollGuest"),
    ({"Sources/AtollHost/A.swift": "let s = \"a \\(unsafe g(\"x\")) b\"\n"}, "not in AtollHost"),
    ({"Sources/AtollSystem/A.swift": "let a = unsafe g()\n"}, "no comment above"),
    ({"Sources/AtollSystem/A.swift": "// SAFETY: f is ours.\nlet a = f()\n\nlet b = unsafe g()\n"}, ":4: no comment"),
    ({"Sources/AtollRegion/A.swift": "struct S {\n    // SAFETY of all below: see init.\n    func f() { unsafe g() }\n}\n\n"
                                     "func h() { unsafe g() }\n"}, ":6: no comment"),
    ({"Tests/AtollFuzz/A.swift": "let a = unsafe g()\n"}, "no comment above"),
]
