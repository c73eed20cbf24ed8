# SPDX-License-Identifier: Apache-2.0
"""Tells Swift (or C) code from its comments and its string literals, line by line."""
import re

STRING = re.compile(r'(#*)("""|")')


def split(text: str) -> tuple[list[str], list[str], list[str]]:
    """(code, comments, code with literals): three versions of the text with the same lines and columns."""
    code: list[str] = []
    comment: list[str] = []
    literal: list[str] = []

    def put(piece: str, *, to_code: bool, to_comment: bool, to_literal: bool) -> None:
        blank = "".join("\n" if c == "\n" else " " for c in piece)
        code.append(piece if to_code else blank)
        comment.append(piece if to_comment else blank)
        literal.append(piece if to_literal else blank)

    at = 0
    # Open string literals, innermost last: [closing mark, escape mark, depth of parentheses in an interpolation].
    # A depth of 0 says that the literal itself is being read.
    strings: list[list] = []
    while at < len(text):
        in_text = strings and strings[-1][2] == 0
        if in_text:
            closing, escape, _ = strings[-1]
            if text.startswith(closing, at):
                put(closing, to_code=True, to_comment=False, to_literal=True)
                at += len(closing)
                strings.pop()
            elif text.startswith(escape + "(", at):
                put(escape + "(", to_code=True, to_comment=False, to_literal=True)
                at += len(escape) + 1
                strings[-1][2] = 1
            elif text.startswith(escape, at):
                put(text[at : at + len(escape) + 1], to_code=False, to_comment=False, to_literal=True)
                at += len(escape) + 1
            elif text[at] == "\n" and not closing.startswith('"""'):
                strings.pop()  # not Swift: a C character such as '"', or broken code; go on as code
            else:
                put(text[at], to_code=False, to_comment=False, to_literal=True)
                at += 1
            continue
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            put(text[at:end], to_code=False, to_comment=True, to_literal=False)
            at = end
        elif text.startswith("/*", at):
            end = end_of_block(text, at)
            put(text[at:end], to_code=False, to_comment=True, to_literal=False)
            at = end
        elif (mark := STRING.match(text, at)) is not None:
            put(mark.group(), to_code=True, to_comment=False, to_literal=True)
            at = mark.end()
            strings.append([mark.group(2) + mark.group(1), "\\" + mark.group(1), 0])
        else:
            if strings and text[at] in "()":
                strings[-1][2] += 1 if text[at] == "(" else -1
            put(text[at], to_code=True, to_comment=False, to_literal=True)
            at += 1
    return tuple("".join(kind).splitlines() for kind in (code, comment, literal))


def end_of_block(text: str, start: int) -> int:
    """Where the block comment that opens at `start` ends; Swift nests them."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)
