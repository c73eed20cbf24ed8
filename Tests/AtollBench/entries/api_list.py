# SPDX-License-Identifier: Apache-2.0
"""Listing many groups against reading their rows."""
import json
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from measure import CannotMeasure, Entry, command
from world import API, Daemon

NAMES = ["host.api.list.1000"]
GROUPS, MEMBERS = 1000, 8

UUID = "printf('{kind}000000-0000-4000-8000-%012x', {number})"
# No VM has these UUIDs, and no daemon runs that could look for them.
FILL = f"""
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {GROUPS})
INSERT INTO groups (id, name, owner, quota, incarnations, created)
SELECT {UUID.format(kind='a0', number='i')}, printf('group-%04d', i), i % 10, 1 << 30, {MEMBERS},
       '2025-01-01 00:00:00.000' FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {GROUPS * MEMBERS})
INSERT INTO members (vm, groupID, name, slot, incarnation, boot, lost, leaving, vcpus)
SELECT {UUID.format(kind='b0', number='i')}, {UUID.format(kind='a0', number=f'i / {MEMBERS}')},
       printf('vm-%04d-%d', i / {MEMBERS}, i % {MEMBERS}), i % {MEMBERS}, i % {MEMBERS} + 1, NULL, 0, 0, 4 FROM n;
"""
READ = ("SELECT * FROM groups ORDER BY name; SELECT * FROM regions ORDER BY name; "
        "SELECT * FROM members ORDER BY slot; SELECT * FROM attachments;")


def filled(stack: ExitStack) -> Daemon:
    """A daemon with so many groups."""
    # The daemon makes the tables, so that these rows are of the schema there is.
    daemon = Daemon()
    with daemon:
        pass
    ledger = f"{daemon.state}/ledger.sqlite"
    done = subprocess.run(["sqlite3", "-bail", ledger, FILL], capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"the ledger cannot be filled: {done.stderr.strip()}")
    return stack.enter_context(daemon)


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    daemon = filled(stack)
    api, ledger = daemon.api, f"{daemon.state}/ledger.sqlite"
    answer, _ = api.ask("GET", "/v1/groups")
    groups = json.loads(answer)
    if len(groups) != GROUPS or any(len(group["members"]) != MEMBERS for group in groups):
        raise CannotMeasure(f"the daemon does not list {GROUPS} groups of {MEMBERS}")

    yield Entry(
        NAMES[0], lambda: api.ask("GET", "/v1/groups")[1],
        lambda: command("sqlite3", "-readonly", ledger, READ), "sqlite3 shell", runs=21,
        explains={
            "ours_is": f"GET /v1/groups of {GROUPS} groups of {MEMBERS} members, over a connection that is open, "
                       "until all of the JSON is read; nothing has changed since the listing before",
            "peer_is": "sqlite3 started to select all rows of the same tables as plain text, until all of it is read",
        },
        beside=lambda: {
            "answer_bytes": len(answer),
            "after_change_ms": round(statistics.median(after_change(api) for _ in range(5)), 3),
            "sqlite3_start_ms": round(statistics.median(
                command("sqlite3", "-readonly", ledger, "SELECT 1") for _ in range(5)), 3),
        })


def after_change(api: API) -> float:
    """The listing that cannot be answered from what the daemon remembers."""
    api.ask("POST", "/v1/groups", {"name": "passing", "quota": 1 << 30})
    api.ask("DELETE", "/v1/groups/passing")
    return api.ask("GET", "/v1/groups")[1]
