# SPDX-License-Identifier: Apache-2.0
"""Swift is formatted by swift-format, and by nothing else."""
import os
import subprocess

TITLE = "Swift is as `make format` leaves it"

# Of each file the nearest one above it counts.
CONFIGURATION = ".swift-format"


def findings(tree) -> list[str]:
    paths = [source.path for source in tree.swift()]
    if not paths:
        return []
    answer = subprocess.run(
        ["swift", "format", "lint", "--strict", "--parallel", *paths],
        cwd=tree.root, capture_output=True, text=True)
    lines = [line.replace(tree.root + "/", "") for line in answer.stderr.splitlines() if ": error: " in line]
    if answer.returncode and not lines:
        return [f"swift format: {answer.stderr.strip()}"]
    return lines


with open(os.path.join(os.path.dirname(__file__), "..", "..", "..", CONFIGURATION), encoding="utf-8") as _handle:
    _OURS = {CONFIGURATION: _handle.read()}
_C_NAMES = {"guest/C/A.swift": "func atoll_f() {}\n"}
GOOD = [
    {**_OURS, "Sources/A/A.swift": "func f() {\n    g()\n}\n"},
    # Where names are C's, a file beside them says so.
    {**_OURS, **_C_NAMES, "guest/C/.swift-format": '{"version": 1, "rules": {"AlwaysUseLowerCamelCase": false}}'},
]
BAD = [
    ({**_OURS, **_C_NAMES}, "AlwaysUseLowerCamelCase"),
    ({**_OURS, "Sources/A/A.swift": "func f() {\n  g()\n}\n"}, "Sources/A/A.swift:2:"),
    ({**_OURS, "Sources/A/A.swift": f"let a = f({'1, ' * 40}1)\n"}, "error:"),
    ({**_OURS, "Sources/A/A.swift": "func f( {\n"}, "error:"),
]
