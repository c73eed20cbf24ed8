# SPDX-License-Identifier: Apache-2.0
"""The shape of results.json, and its figures as tables."""

KEYS = ("name", "unit", "ours", "peer", "ratio", "runs", "context")
MACHINE = ("cpu", "kernel", "accel")


def is_figure(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def is_pair(value) -> bool:
    return (isinstance(value, dict) and is_figure(value.get("min")) and is_figure(value.get("median"))
            and value["min"] <= value["median"])


def problems(results) -> list[str]:
    """What is wrong with the shape of results; empty: nothing."""
    if not isinstance(results, list):
        return ["the results are no array"]
    found, names = [], set()
    for number, entry in enumerate(results):
        if not isinstance(entry, dict) or tuple(sorted(entry)) != tuple(sorted(KEYS)):
            found.append(f"entry {number}: its keys are not {', '.join(KEYS)}")
            continue
        found += [f"{entry['name']}: {problem}" for problem in entry_problems(entry)]
        if entry["name"] in names:
            found.append(f"{entry['name']}: there are two of this name")
        names.add(entry["name"])
    return found


def entry_problems(entry: dict):
    peer, context = entry["peer"], entry["context"]
    if not isinstance(entry["name"], str) or not entry["name"]:
        yield "its name is no text"
    if not isinstance(entry["unit"], str) or not entry["unit"]:
        yield "its unit is no text"
    if not is_pair(entry["ours"]) or set(entry["ours"]) != {"min", "median"}:
        yield "ours is not a min and a median"
    if not is_pair(peer) or set(peer) != {"name", "min", "median"} or not isinstance(peer["name"], str):
        yield "peer is not a name, a min and a median"
    if not is_figure(entry["ratio"]):
        yield "its ratio is no positive number"
    if not isinstance(entry["runs"], int) or entry["runs"] < 3:
        yield "there are fewer than three runs"
    if not isinstance(context, dict):
        yield "its context is no object"
        return
    for key in MACHINE:
        if not isinstance(context.get(key), str) or not context[key]:
            yield f"its context does not say the {key}"
    moods = context.get("pingpong_ns")
    # null: a machine with one CPU has nobody to play with.
    if not isinstance(moods, dict) or set(moods) != {"before", "after"} or any(
            mood is not None and not is_pair(mood) for mood in moods.values()):
        yield "its context has no ping-pong before and after"


def number(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def mood(entry: dict) -> str:
    moods = entry["context"]["pingpong_ns"]
    return " - ".join(number(m["median"]) if m else "?" for m in (moods["before"], moods["after"]))


def columns(rows: list[tuple]) -> str:
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def table(results: list[dict]) -> str:
    rows = [("entry", "ours", "peer", "", "ours/peer", "ping-pong ns")]
    for entry in results:
        ours, peer, unit = entry["ours"], entry["peer"], entry["unit"]
        rows.append((entry["name"], f"{number(ours['median'])} {unit}", f"{number(peer['median'])} {unit}",
                     peer["name"], number(entry["ratio"]), mood(entry)))
    return columns(rows)


def change(old: list[dict], new: list[dict]) -> str:
    """Old and new beside each other. The ratios are what can be compared: times go with the machine's mood."""
    rows = [("entry", "old", "new", "old ratio", "new ratio", "change", "ping-pong ns old", "new")]
    before = {entry["name"]: entry for entry in old}
    after = {entry["name"]: entry for entry in new}
    for name in [*after, *(name for name in before if name not in after)]:
        a, b = before.get(name), after.get(name)
        change = f"{(b['ratio'] / a['ratio'] - 1) * 100:+.0f} %" if a and b else "new" if b else "gone"
        rows.append((
            name, *(f"{number(e['ours']['median'])} {e['unit']}" if e else "-" for e in (a, b)),
            *(number(e["ratio"]) if e else "-" for e in (a, b)), change, *(mood(e) if e else "-" for e in (a, b))))
    return columns(rows)
