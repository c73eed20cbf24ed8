# SPDX-License-Identifier: Apache-2.0
"""What people read."""
from trial import Result


def table_text(results: list[Result]) -> str:
    """Programs by modes; variants and clang in columns of their own."""
    modes: list[str] = []
    for result in results:
        column = "variants" if result.mode.startswith("-") else result.mode
        if column not in modes:
            modes.append(column)
    rows: dict[str, dict[str, str]] = {}
    for result in results:
        row = rows.setdefault(result.name, {})
        column = "variants" if result.mode.startswith("-") else result.mode
        if row.get(column) != "WRONG":
            row[column] = "ok" if result.right else "WRONG"
    width = max(len(name) for name in rows) + 2
    lines = ["".ljust(width) + "".join(mode.ljust(10) for mode in modes)]
    lines += [name.ljust(width) + "".join(row.get(mode, "-").ljust(10) for mode in modes) for name, row in rows.items()]
    totals = []
    for mode in modes:
        cells = [row[mode] for row in rows.values() if mode in row]
        totals.append(f"{cells.count('ok')}/{len(cells)}".ljust(10))
    return "\n".join(lines + ["".ljust(width) + "".join(totals)])


def failures_text(bad: list[Result]) -> str:
    return "".join(f"wrong: {result.name} [{result.mode}]: {result.symptom}\n" for result in bad)
