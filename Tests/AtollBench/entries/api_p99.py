# SPDX-License-Identifier: Apache-2.0
"""What 64 clients at once wait for the daemon, with 1,000 groups, against a server that knows its answer."""
import http.server
import multiprocessing
import os
import socketserver
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack

from entries.api_list import GROUPS, MEMBERS, filled
from measure import CannotMeasure, Entry
from world import API, LAB

NAMES = ["host.api.p99"]
CLIENTS, EACH = 64, 20


class Plain(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Python's own HTTP server: answers the same bytes from its memory."""

    daemon_threads = True
    request_queue_size = 256


def serve(stack: ExitStack, answers: dict[str, bytes]) -> str:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = answers[self.path]
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            self.wfile.write(head.encode() + content)

        def log_message(self, *_) -> None:
            pass

        def address_string(self) -> str:
            return "unix"

    path = os.path.join(tempfile.mkdtemp(prefix="plain.", dir=LAB), "socket")
    # A process of its own, as the daemon is: it shares no lock with the clients.
    process = multiprocessing.get_context("fork").Process(target=Plain(path, Handler).serve_forever, daemon=True)
    process.start()
    stack.callback(process.terminate)
    return path


def p99(socket: str, paths: list[str]) -> float:
    """Milliseconds that 99 of 100 requests were answered within, of all clients at once."""
    waits: list[float] = []
    failures: list[Exception] = []
    lock = threading.Lock()
    start = threading.Barrier(CLIENTS)

    def client(number: int) -> None:
        api, own = API(socket), []
        try:
            api.ask("GET", paths[number % len(paths)])
            start.wait(60)
            for turn in range(EACH):
                own.append(api.ask("GET", paths[(number * EACH + turn) % len(paths)])[1])
        except Exception as problem:  # noqa: BLE001: told below, whatever it is
            start.abort()
            with lock:
                failures.append(problem)
        finally:
            api.connection.close()
        with lock:
            waits.extend(own)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise CannotMeasure(f"a client: {failures[0]!r}")
    return statistics.quantiles(waits, n=100)[98]


def entries(stack: ExitStack, _: list[str]) -> Iterator[Entry]:
    daemon = filled(stack)
    # A user's questions: one group, its members, its regions. Listing all is another entry's.
    paths = [f"/v1/groups/group-{number:04d}{rest}"
             for number in range(0, GROUPS, 37) for rest in ("", "/members", "/regions")]
    plain = serve(stack, {path: daemon.api.ask("GET", path)[0] for path in paths})
    yield Entry(
        NAMES[0], lambda: p99(daemon.socket, paths), lambda: p99(plain, paths), "http.server of Python", runs=7,
        explains={
            "ours_is": f"the time within which 99 of 100 questions about a group, its members or its regions are "
                       f"answered, asked by {CLIENTS} clients at once, {EACH} times each over connections that are "
                       f"open, of a daemon with {GROUPS} groups of {MEMBERS} members",
            "peer_is": "the same clients and paths against Python's HTTP server, a process with a thread for each "
                       "connection, which has every answer in memory",
        },
        beside=lambda: {
            "healthz_p99_ms": round(statistics.median(p99(daemon.socket, ["/healthz"]) for _ in range(3)), 3),
            "one_client_ms": round(statistics.median(
                daemon.api.ask("GET", paths[0])[1] for _ in range(50)), 3),
        })
