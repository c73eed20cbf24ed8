# SPDX-License-Identifier: Apache-2.0
"""Every target is compiled under the strict settings, without which the compiler would not ask for `unsafe`."""
import re

TITLE = "every target has the strict settings"

MANIFEST = "Package.swift"
TARGET = re.compile(r"\.(target|executableTarget|testTarget|plugin|macro|binaryTarget)\(")


def calls(code: str):
    """(offset, kind, text between the parentheses) of each target's declaration."""
    at = 0
    for match in TARGET.finditer(code):
        if match.start() < at:
            continue  # named as a dependency by the one before
        depth, at = 1, match.end()
        while depth and at < len(code):
            depth += {"(": 1, ")": -1}.get(code[at], 0)
            at += 1
        yield match.start(), match.group(1), code[match.end() : at - 1]


def findings(tree) -> list[str]:
    found = []
    if MANIFEST not in tree.paths:
        return [f"{MANIFEST}: there is none"]
    source = tree.source(MANIFEST)
    code = "\n".join(source.uncommented)
    for offset, kind, body in calls(code):
        name = re.search(r'name:\s*"([^"]+)"', body)
        if not name:
            continue
        # Clang targets have no Swift to be strict about.
        if name.group(1).startswith("C") and name.group(1)[1:2].isupper():
            continue
        where = f"{MANIFEST}:{code.count(chr(10), 0, offset) + 1}"
        if kind in ("plugin", "macro", "binaryTarget"):
            found.append(f"{where}: {name.group(1)}: no {kind}: nothing runs in the build but the compiler")
        elif not re.search(r"swiftSettings:\s*(strict|shared)\b", body):
            found.append(f"{where}: {name.group(1)} has neither the strict nor the shared settings")
    for setting in (".strictMemorySafety()", ".treatAllWarnings(as: .error)", ".swiftLanguageMode(.v6)"):
        if setting not in code:
            found.append(f"{MANIFEST}: the strict settings lack {setting}")
    return found


_HEAD = "let strict = [.swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error)]\n"
GOOD = [
    {MANIFEST: _HEAD + '.target(name: "CShim"), .target(name: "A", dependencies: [.target(name: "B")], '
                       "swiftSettings: strict + [x])\n"},
]
BAD = [
    ({MANIFEST: _HEAD + '.target(name: "A")\n'}, "A has neither"),
    ({MANIFEST: _HEAD + '.testTarget(\n    name: "ATests", // swiftSettings: strict\n)\n'}, ":2: ATests has neither"),
    ({MANIFEST: _HEAD.replace(".strictMemorySafety(), ", "")}, "lack .strictMemorySafety()"),
    ({MANIFEST: _HEAD + '.plugin(name: "P", capability: .command)\n'}, "no plugin"),
    ({"Sources/A/A.swift": ""}, "there is none"),
]
