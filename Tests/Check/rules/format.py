# SPDX-License-Identifier: Apache-2.0
"""Swift is formatted by swift-format, and by nothing else."""
import os
import subprocess

TITLE = "Swift is as `make format` leaves it"

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIGURATION = os.path.join(HERE, "..", "..", "..", ".swift-format")


def findings(tree) -> list[str]:
    paths = [source.path for source in tree.swift()]
    if not paths:
        return []
    answer = subprocess.run(
        ["swift", "format", "lint", "--strict", "--parallel", "--configuration", CONFIGURATION, *paths],
        cwd=tree.root, capture_output=True, text=True)
    lines = [line.replace(tree.root + "/", "") for line in answer.stderr.splitlines() if ": error: " in line]
    if answer.returncode and not lines:
        return [f"swift format: {answer.stderr.strip()}"]
    return lines


GOOD = [{"Sources/A/A.swift": "func f() {\n    g()\n}\n"}]
BAD = [
    ({"Sources/A/A.swift": "func f() {\n  g()\n}\n"}, "Sources/A/A.swift:2:"),
    ({"Sources/A/A.swift": f"let a = f({'1, ' * 40}1)\n"}, "error:"),
    ({"Sources/A/A.swift": "func f( {\n"}, "error:"),
]
