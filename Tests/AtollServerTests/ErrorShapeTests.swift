// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import HTTPTypes
import NIOHTTP1
import Testing

@testable import AtollServer

/// Whatever is wrong with a request, the answer has one shape.
@Suite(.timeLimit(.minutes(1))) struct ErrorShapeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var method: HTTPMethod
        var path: String
        var body: String?
        var status: Int
        var code: ErrorCode
        var value: String?
        var testDescription: String { "\(method) \(path) \(body ?? "")" }
    }

    private static func bad(_ body: String, at path: String, _ value: String?) -> Case {
        Case(method: .POST, path: path, body: body, status: 400, code: .badRequest, value: value)
    }

    private static let cases: [Case] = [
        Case(method: .GET, path: "/nope", status: 404, code: .notFound, value: "/nope"),
        Case(method: .GET, path: "/v1", status: 404, code: .notFound, value: "/v1"),
        Case(method: .GET, path: "/v1/groups/a/b", status: 404, code: .notFound),
        Case(method: .PUT, path: "/v1/groups", status: 405, code: .methodNotAllowed, value: "PUT"),
        Case(method: .PATCH, path: "/v1/groups/g", status: 405, code: .methodNotAllowed),
        Case(method: .GET, path: "/v1/groups/none", status: 404, code: .noSuchGroup, value: "none"),
        Case(
            method: .DELETE, path: "/v1/groups/g?force=yes", status: 400, code: .badRequest,
            value: "yes"),
        Case(
            method: .GET, path: "/v1/events?since=-1", status: 400, code: .badRequest, value: "-1"),
        Case(method: .GET, path: "/v1/events?since=x", status: 400, code: .badRequest, value: "x"),
        Case(method: .GET, path: "/v1/events?follow=1", status: 400, code: .badRequest, value: "1"),
        Case(
            method: .POST, path: "/v1/groups/g/jobs/x/signal", body: #"{"signal":1}"#,
            status: 404, code: .noSuchJob, value: "x"),
        bad("", at: "/v1/groups", nil),
        bad("{", at: "/v1/groups", nil),
        bad("[]", at: "/v1/groups", nil),
        bad("null", at: "/v1/groups", nil),
        bad("\u{0}", at: "/v1/groups", nil),
        bad(#"{"name":"g"}"#, at: "/v1/groups", "quota"),
        bad(#"{"name":3,"quota":1}"#, at: "/v1/groups", "name"),
        bad(#"{"name":"g","quota":"1GiB"}"#, at: "/v1/groups", "quota"),
        bad(#"{"name":"g","quota":-1}"#, at: "/v1/groups", "quota"),
        bad(#"{"name":"g","quota":1.5}"#, at: "/v1/groups", "quota"),
        bad(#"{"name":"g","quota":1048576,"owner":4294967296}"#, at: "/v1/groups", "owner"),
        bad(#"{"name":"g","quota":null}"#, at: "/v1/groups", "quota"),
        bad(#"{"name":"g","quota":1,"qouta":1}"#, at: "/v1/groups", "qouta"),
        bad(#"{"name":"r","size":{}}"#, at: "/v1/groups/g/regions", "size"),
        bad(#"{}"#, at: "/v1/groups/g/members", "vm"),
        bad(#"{"arguments":["a",3]}"#, at: "/v1/groups/g/jobs", "arguments.[1]"),
        bad(
            #"{"arguments":["a"],"environment":{"A":1}}"#, at: "/v1/groups/g/jobs", "environment.A"),
        bad(#"{"arguments":["a"],"threadsPerVm":2}"#, at: "/v1/groups/g/jobs", "threadsPerVm"),
        bad(#"{"signal":0}"#, at: "/v1/groups/g/jobs/1/signal", "0"),
        bad(#"{"signal":32}"#, at: "/v1/groups/g/jobs/1/signal", "32"),
    ]

    @Test(arguments: cases)
    func `a wrong request is told what is wrong`(wrong: Case) async throws {
        try await LiveServer.with { server in
            try await RawClient.with(server.socket) { client in
                let answer = try await client.send(wrong.method, wrong.path, wrong.body)
                #expect(answer.status == wrong.status)
                #expect(answer.headers["content-type"] == ["application/json"])
                let error = try #require(answer.error, "\(answer.text)")
                #expect(error.code == wrong.code)
                if let value = wrong.value { #expect(error.value == value) }
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test func `a method that a path lacks is told which it has`() async throws {
        try await LiveServer.with { server in
            try await RawClient.with(server.socket) { client in
                let answer = try await client.send(.PUT, "/v1/groups")
                #expect(answer.headers["allow"] == ["GET, POST"])
                let head = try await client.send(.HEAD, "/v1/groups")
                #expect(head.status == 405)
                #expect(head.text.isEmpty)
            }
        }
    }

    @Test func `a body over the limit is refused, one at the limit read`() async throws {
        try await LiveServer.with { server in
            try await RawClient.with(server.socket) { client in
                let over = String(repeating: " ", count: (1 << 20) + 1)
                let answer = try await client.send(.POST, "/v1/groups", over)
                #expect(answer.status == 413)
                #expect(answer.error?.code == .bodyTooLarge)
                let name = #"{"name":"g","quota":1048576}"#
                let at = name + String(repeating: " ", count: (1 << 20) - name.utf8.count)
                #expect(try await client.send(.POST, "/v1/groups", at).status == 201)
            }
        }
    }

    /// What no HTTP library sends.
    private func raw(_ request: String, to socket: String) async throws -> String {
        let code = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            s.sendall(sys.argv[2].encode())
            while part := s.recv(65536):
                sys.stdout.write(part.decode())
            """
        return try await Program.run("/usr/bin/python3", "-c", code, socket, request).out
    }

    @Test func `a path that is no UTF-8 is refused`() async throws {
        try await LiveServer.with { server in
            let answer = try await raw(
                "GET /v1/groups/%FF HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                to: server.socket)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains(#""code":"badRequest""#))
            #expect(answer.contains(#""value":"%FF""#))
        }
    }

    @Test func `what is no HTTP is refused, and the server goes on`() async throws {
        try await LiveServer.with { server in
            let answer = try await raw("lorem ipsum\r\n\r\n", to: server.socket)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            _ = try await server.client.groups()
        }
    }

    @Test func `every code has a status that says no`() {
        for code in ErrorCode.allCases { #expect(code.status.code >= 400) }
    }
}
