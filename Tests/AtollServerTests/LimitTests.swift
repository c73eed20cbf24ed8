// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import Testing

@testable import AtollServer

/// What one caller may not take from the others.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    private static let user = Caller(user: 4242, isAdministrator: false)

    private func limits(_ change: (inout APILimits) -> Void) -> APILimits {
        var limits = APILimits()
        change(&limits)
        return limits
    }

    /// Runs Python with `connect()` and `answer(s)`: all that comes until the end.
    private func python(_ code: String, _ socket: String) async throws -> String {
        let head = """
            import socket, sys, time
            def connect():
                s = socket.socket(socket.AF_UNIX)
                s.connect(sys.argv[1])
                return s
            def send(s, text):
                try: s.sendall(text.encode())
                except OSError: pass
            def answer(s):
                parts = []
                try:
                    while part := s.recv(65536): parts.append(part.decode())
                except ConnectionError: pass
                return ''.join(parts)
            def get(s, path, close=True):
                send(s, f'GET {path} HTTP/1.1\\r\\nHost: x\\r\\n' + 'Connection: close\\r\\n' * close + '\\r\\n')

            """
        let result = try await Program.run("/usr/bin/python3", "-c", head + code, socket)
        #expect(result.status == 0, "\(result.error)")
        return result.out
    }

    @Test func `a first line without an end is refused with words`() async throws {
        try await LiveServer.with { server in
            let out = try await python(
                """
                s = connect()
                for _ in range(64): send(s, 'GET /' + 'a' * 1024 if _ == 0 else 'a' * 1024)
                print(answer(s))
                """, server.socket)
            #expect(out.hasPrefix("HTTP/1.1 431 "), "\(out)")
            #expect(out.contains(#""code":"headersTooLarge""#))
            _ = try await server.client.groups()
        }
    }

    @Test func `headers without an end are refused, and a long body is no header`() async throws {
        try await LiveServer.with { server in
            let out = try await python(
                """
                s = connect()
                send(s, 'GET /healthz HTTP/1.1\\r\\nHost: x\\r\\n')
                for i in range(2000): send(s, f'X-{i}: {"a" * 64}\\r\\n')
                print(answer(s)[:13])
                s = connect()
                body = '{"name":"g","quota":1048576' + ' ' * 200000 + '}'
                send(s, f'POST /v1/groups HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n{body}')
                print(answer(s)[:13])
                """, server.socket)
            #expect(out == "HTTP/1.1 431 \nHTTP/1.1 201 \n")
        }
    }

    @Test(arguments: [
        "'GET /healthz HTTP/1.1\\r\\n'", "'GET /a'",
        "'POST /v1/groups HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 100000\\r\\n\\r\\n{'",
    ])
    func `a request that does not come in time is ended`(request: String) async throws {
        try await LiveServer.with(limits: limits { $0.requestTimeout = .milliseconds(300) }) {
            server in
            // Bytes that trickle in make it no younger.
            let out = try await python(
                """
                s = connect()
                s.settimeout(0.05)
                send(s, \(request))
                got = ''
                while True:
                    send(s, 'x')
                    try: part = s.recv(65536)
                    except TimeoutError: continue
                    except ConnectionError: break
                    if not part: break
                    got += part.decode()
                print(got)
                """, server.socket)
            #expect(out.hasPrefix("HTTP/1.1 408 "), "\(out)")
            #expect(out.contains(#""code":"requestTimeout""#))
            _ = try await server.client.groups()
        }
    }

    @Test func `an answer may take longer than a request`() async throws {
        try await LiveServer.with(limits: limits { $0.requestTimeout = .milliseconds(200) }) {
            server in
            let out = try await python(
                """
                s = connect()
                get(s, '/v1/events?follow=true', close=False)
                time.sleep(1)
                # And it goes on: an event still comes.
                other = connect()
                body = '{"name":"late","quota":1048576}'
                send(other, f'POST /v1/groups HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n{body}')
                answer(other)
                got = ''
                while 'group late created' not in got:
                    part = s.recv(65536).decode()
                    if not part: break
                    got += part
                print(got[:13], 'group late created' in got)
                """, server.socket)
            #expect(out == "HTTP/1.1 200  True\n")
        }
    }

    @Test func `a user has so many connections, and gets a place back`() async throws {
        let limits = limits { $0.connectionsPerUser = 2 }
        try await LiveServer.with(identify: .fixed(Self.user), limits: limits) { server in
            let out = try await python(
                """
                held = [connect(), connect()]
                for s in held:
                    get(s, '/healthz', close=False)
                    assert s.recv(65536).startswith(b'HTTP/1.1 200')
                s = connect()
                get(s, '/healthz')
                print(answer(s))
                held[0].close()
                while True:
                    s = connect()
                    get(s, '/healthz')
                    if answer(s).startswith('HTTP/1.1 200'): break
                """, server.socket)
            #expect(out.hasPrefix("HTTP/1.1 429 "), "\(out)")
            #expect(out.contains(#""code":"tooManyRequests""#))
            #expect(out.contains("connectionsPerUser"))
        }
    }

    @Test func `a user has so many streams, and gets a place back`() async throws {
        let limits = limits { $0.streamsPerUser = 1 }
        try await LiveServer.with(identify: .fixed(Self.user), limits: limits) { server in
            let out = try await python(
                """
                first = connect()
                get(first, '/v1/events?follow=true', close=False)
                assert first.recv(65536).startswith(b'HTTP/1.1 200')
                s = connect()
                get(s, '/v1/events?follow=true')
                print(answer(s))
                first.close()
                while True:
                    s = connect()
                    get(s, '/v1/events')
                    if answer(s).startswith('HTTP/1.1 200'): break
                """, server.socket)
            #expect(out.hasPrefix("HTTP/1.1 429 "), "\(out)")
            #expect(out.contains("streamsPerUser"))
        }
    }

    @Test func `others and administrators get in when one user has taken what it may`() throws {
        let turnstile = Turnstile(perUser: 2, total: 5, reserve: 2)
        let root = Caller(user: 0, isAdministrator: true)
        let other = Caller(user: 7, isAdministrator: false)
        var inside = [turnstile.enter(Self.user), turnstile.enter(Self.user)]
        #expect(inside.allSatisfy { $0 != nil })
        #expect(turnstile.enter(Self.user) == nil)
        inside.append(turnstile.enter(other))
        #expect(inside[2] != nil)
        // The rest is the administrators'.
        #expect(turnstile.enter(other) == nil)
        inside += [turnstile.enter(root), turnstile.enter(root)]
        #expect(inside.allSatisfy { $0 != nil } && turnstile.enter(root) == nil)
        #expect(turnstile.inside == 5)
        inside[0] = nil
        #expect(turnstile.inside == 4 && turnstile.enter(other) == nil)
        inside.removeAll()
        #expect(turnstile.inside == 0 && turnstile.enter(Self.user) != nil)
    }

    @Test func `requests of one user at once have an end`() throws {
        let gates = Gates(limits { $0.requestsPerUser = 1 })
        let place = try gates.request(Self.user)
        let error = #expect(throws: APIError.self) { _ = try gates.request(Self.user) }
        #expect(
            error?.code == .tooManyRequests && error?.remedy?.contains("requestsPerUser") == true)
        withExtendedLifetime(place) {}
    }
}
