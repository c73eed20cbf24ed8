# SPDX-License-Identifier: Apache-2.0
"""The source tree that the rules read: which files there are, and what in them is code."""
import os
import re
from dataclasses import dataclass
from functools import cached_property

from swift_text import split

# A rule speaks of a target by its directory.
HOMES = re.compile(r"^(?:Sources/(?P<host>[^/]+)|guest/examples/(?P<example>[^/]+)|guest/(?P<guest>[^/]+)"
                   r"|Tests/(?P<tests>[^/]+))/")


@dataclass
class Source:
    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def parts(self) -> tuple[list[str], list[str], list[str]]:
        return split(self.text)

    @property
    def code(self) -> list[str]:
        """Lines without comments and without what stands inside string literals."""
        return self.parts[0]

    @property
    def comments(self) -> list[str]:
        return self.parts[1]

    @property
    def uncommented(self) -> list[str]:
        """Lines without comments, string literals and all."""
        return self.parts[2]

    @property
    def target(self) -> str:
        home = HOMES.match(self.path)
        return next((name for name in home.groups() if name), "") if home else ""

    @property
    def wing(self) -> str:
        return self.path.split("/", 1)[0]


class Tree:
    def __init__(self, root: str) -> None:
        self.root = root
        self.paths: list[str] = []
        for top, directories, names in os.walk(root):
            # Hidden directories are not ours, but for the one that machines start from.
            directories[:] = sorted(d for d in directories if (d == ".ci" or d[0] != ".") and d != "__pycache__")
            for name in sorted(names):
                path = os.path.join(top, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    self.paths.append(os.path.relpath(path, root))

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {}

    def source(self, path: str) -> Source:
        if path not in self._sources:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as handle:
                self._sources[path] = Source(path, handle.read())
        return self._sources[path]

    def ending(self, *ends: str) -> list[Source]:
        return [self.source(path) for path in self.paths if path.endswith(ends)]

    def swift(self) -> list[Source]:
        return self.ending(".swift")

    def scripts(self, *interpreters: str) -> list[Source]:
        """Files whose first line names one of the interpreters."""
        found = []
        for path in self.paths:
            with open(os.path.join(self.root, path), "rb") as handle:
                first = handle.readline(80)
            words = re.split(rb"[\s/]+", first) if first.startswith(b"#!") else []
            if any(name.encode() in words for name in interpreters):
                found.append(self.source(path))
        return found
