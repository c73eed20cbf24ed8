# SPDX-License-Identifier: Apache-2.0
"""Shell scripts pass shellcheck, Python compiles."""
import shutil
import subprocess

TITLE = "scripts are sound"


def findings(tree) -> list[str]:
    found = []
    shell = [source.path for source in tree.scripts("sh", "bash")]
    if shell and shutil.which("shellcheck"):
        answer = subprocess.run(
            ["shellcheck", "--external-sources", "--format=gcc", *shell], cwd=tree.root, capture_output=True, text=True)
        found += answer.stdout.splitlines()
        if answer.returncode and not found:
            found.append(f"shellcheck: {answer.stderr.strip()}")
    paths = {source.path: source for source in tree.ending(".py") + tree.scripts("python3")}
    for path, source in paths.items():
        try:
            compile(source.text, path, "exec")
        except SyntaxError as error:
            found.append(f"{path}:{error.lineno}: {error.msg}")
    return found


def note() -> str | None:
    return None if shutil.which("shellcheck") else "no shellcheck here: shell scripts went unread"


GOOD = [{"a": "#!/bin/bash\necho \"$1\"\n", "b.py": "print(1)\n", "c": "no script: rm $1\n"}]
BAD = [({"b.py": "print(1\n"}, "b.py:1:")]
if shutil.which("shellcheck"):
    BAD.append(({"a": "#!/bin/sh\nrm $1\n"}, "a:2:"))
