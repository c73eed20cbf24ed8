# SPDX-License-Identifier: Apache-2.0
"""A test that did not run is a failure: `count`, which the lanes ask, is held against what Swift Testing writes."""
import os
import subprocess

TITLE = "a test that did not run counts as a failure"

COUNT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "count")


def findings(tree) -> list[str]:
    """Of an example: what `count` says of it where it fails. Of the tree: whether each lane of tests asks it."""
    lanes = "Tests/Check/lanes"
    if lanes in tree.paths:
        text = tree.source(lanes).text
        # One function runs them, and asks.
        return [f"{lanes}: a lane runs tests that nobody counts"] if text.count("swift test ") != 1 else []
    files = [os.path.join(tree.root, path) for path in tree.paths if path.endswith(".xml")]
    answer = subprocess.run(
        [COUNT, os.path.join(tree.root, "log"), *files], capture_output=True, text=True)
    return [answer.stdout + answer.stderr] if answer.returncode else []


def _case(inside: str, log: str = "✔ Test a() passed after 0.1 seconds.\n") -> dict[str, str]:
    return {"log": log, "a-swift-testing.xml": f"<testsuites><testsuite>{inside}</testsuite></testsuites>"}


_GOOD = '<testcase classname="A.S" name="a()" time="0.1" />'
GOOD = [_case(_GOOD)]
BAD = [
    (_case(""), "0 tests"),
    (_case(_GOOD + '<testcase classname="A.S" name="b()"><failure message="m" /></testcase>'), "1 failed"),
    (_case(_GOOD + '<testcase classname="A.S" name="b()"><skipped>why</skipped></testcase>'), "A.S.b()"),
    (_case(_GOOD, "➜ Test a() was cancelled after 0.1 seconds: \"no VM\"\n"), "a() was cancelled"),
    (_case(_GOOD, "➜ Suite S skipped: \"no VM\"\n"), "Suite S skipped"),
    (_case(_GOOD, "━ Test a() passed after 0.1 seconds with 1 known issue.\n"), "known issue"),
    ({"Tests/Check/lanes": "lane_a() { swift test --a; }\nlane_b() { swift test --b; }\n"}, "nobody counts"),
]
