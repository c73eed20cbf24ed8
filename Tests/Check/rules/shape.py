# SPDX-License-Identifier: Apache-2.0
"""Files stay short, and each says its licence."""
import re

TITLE = "files are short and say their licence"

LONGEST = 500
CODE = (".swift", ".c", ".h", ".py", ".sh", ".bash", ".modulemap", ".yaml", ".yml", ".service", ".rules")
# A kernel module is GPL, as the kernel wants of those who use its interfaces.
LICENCES = {"guest/module/": "GPL-2.0"}


def findings(tree) -> list[str]:
    found = []
    scripts = {source.path for source in tree.scripts("sh", "bash", "python3", "env")}
    for path in tree.paths:
        if not (path.endswith(CODE) or path in scripts or path.endswith("Makefile")):
            continue
        source = tree.source(path)
        if len(source.lines) > LONGEST:
            found.append(f"{path}: {len(source.lines)} lines; {LONGEST} at most: what is it that it does too much of?")
        licence = next((l for home, l in LICENCES.items() if path.startswith(home)), "Apache-2.0")
        if not re.search(rf"SPDX-License-Identifier: {re.escape(licence)}", "\n".join(source.lines[:3])):
            found.append(f"{path}: the first lines do not say SPDX-License-Identifier: {licence}")
    return found


_LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD = [
    {"Sources/A/A.swift": _LICENCE + "\n" * 499, "Sources/A/openapi.json": "{}\n" * 501,
     "Tests/Lab/lab": "#!/bin/bash\n# SPDX-License-Identifier: Apache-2.0\n",
     "guest/module/atoll.c": "// SPDX-License-Identifier: GPL-2.0-only\n"},
]
BAD = [
    ({"Sources/A/A.swift": _LICENCE + "\n" * 500}, "501 lines"),
    ({"Sources/A/A.swift": "import B\n"}, "do not say"),
    ({"Sources/A/a.c": "#include <b.h>\n\n\n" + _LICENCE}, "do not say"),
    ({"Tests/Lab/lab": "#!/bin/bash\n"}, "Tests/Lab/lab: the first lines"),
    ({"guest/module/atoll.c": _LICENCE}, "SPDX-License-Identifier: GPL-2.0"),
]
