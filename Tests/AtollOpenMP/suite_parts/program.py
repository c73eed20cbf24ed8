# SPDX-License-Identifier: Apache-2.0
"""The programs, and what the line `suite:` at their top says.

clang          built by clang too
unordered      lines may come in any order
stderr         standard error is compared too
exit=N         the exit code (0)
env=A=B        in the environment
args=A,B       arguments
stdin=A|B|     standard input, a bar for each end of line
flags=-A,-B    for the compiler
variants=A;B   built and run again with each of these flags
library=FILE   linked with it, built as a shared library
plugin=FILE    the same, only named in ATOLL_SUITE_PLUGIN
several=N:TEXT with several processes the program is refused: code N, and the text, bars for blanks
slow           given three times as long
"""
import os
import re
from dataclasses import dataclass, field

LANGUAGES = {"c": ".c", "cxx": ".cc", "fortran": ".f90"}


@dataclass
class Program:
    name: str
    path: str
    language: str
    about: str
    words: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)

    def value(self, key: str, default: str = "") -> str:
        return self.values.get(key, [default])[0]

    @property
    def flags(self) -> list[str]:
        return [flag for flag in self.value("flags").split(",") if flag]

    @property
    def variants(self) -> list[str]:
        return [flags for flags in self.value("variants").split(";") if flags]

    @property
    def arguments(self) -> list[str]:
        return [word for word in self.value("args").split(",") if word]

    @property
    def environment(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.values.get("env", []))

    @property
    def code(self) -> int:
        return int(self.value("exit", "0"))

    @property
    def input(self) -> bytes:
        return self.value("stdin").replace("|", "\n").encode()

    @property
    def refusal(self) -> tuple[int, str] | None:
        if "several" not in self.values:
            return None
        code, text = self.value("several").split(":", 1)
        return int(code), text.replace("|", " ")


def read(path: str, language: str) -> Program | None:
    with open(path, encoding="utf-8") as file:
        head = [re.sub(r"^(//|!) ?", "", line).rstrip("\n") for line in file.readlines()[:8]]
    marks = next((line for line in head if line.startswith("suite:")), None)
    if marks is None:
        return None
    program = Program(os.path.splitext(os.path.basename(path))[0], path, language, head[head.index(marks) + 1])
    for word in marks.removeprefix("suite:").split():
        key, equals, value = word.partition("=")
        if equals:
            program.values.setdefault(key, []).append(value)
        else:
            program.words.add(word)
    return program


def programs(root: str) -> list[Program]:
    found = []
    for language, ending in LANGUAGES.items():
        for name in sorted(os.listdir(f"{root}/{language}")):
            if name.endswith(ending) and (program := read(f"{root}/{language}/{name}", language)):
                found.append(program)
    return found
