// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

@testable import AtollServer

@Suite(.timeLimit(.minutes(1))) struct SocketFileTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/run/atolld.sock" }

    init() throws { directory = try TemporaryDirectory() }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    /// What a daemon leaves that dies without a word.
    private func leaveSocket() async throws {
        try FileManager.default.createDirectory(
            atPath: directory.path + "/run", withIntermediateDirectories: true)
        let code = "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
        #expect(try await Program.run("/usr/bin/python3", "-c", code, path).status == 0)
    }

    @Test func `everybody may connect to a running server, and its file goes with it`()
        async throws
    {
        let socket = Mutable("")
        try await LiveServer.with { server in
            let mode = try mode(server.socket)
            #expect(mode == 0o666)
            socket.value = server.socket
        }
        #expect(!FileManager.default.fileExists(atPath: socket.value))
    }

    @Test func `the directory is made, open to everybody`() async throws {
        try await SocketFile(path: path).prepare()
        #expect(try mode(directory.path + "/run") == 0o755)
    }

    @Test func `what a dead daemon left is removed`() async throws {
        try await leaveSocket()
        try await SocketFile(path: path).prepare()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a live daemon's socket is left alone`() async throws {
        try await LiveServer.with { server in
            await #expect(throws: APIError.self) {
                try await SocketFile(path: server.socket).prepare()
            }
            _ = try await server.client.groups()
        }
    }

    @Test func `a file, a directory or a link in the socket's place is left alone`() async throws {
        let file = directory.path + "/file"
        #expect(FileManager.default.createFile(atPath: file, contents: Data("x".utf8)))
        let link = directory.path + "/link"
        try await leaveSocket()
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        for taken in [file, link, directory.path] {
            let error = await #expect(throws: APIError.self) {
                try await SocketFile(path: taken).prepare()
            }
            #expect(error?.value == taken)
        }
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["relative.sock", "/" + String(repeating: "x", count: 107)])
    func `a path that no socket can have is refused`(path: String) async throws {
        let error = await #expect(throws: APIError.self) {
            try await SocketFile(path: path).prepare()
        }
        #expect(error?.value == path)
    }
}

/// A value that a closure of the test sets.
final class Mutable<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    init(_ value: Value) { held = value }

    var value: Value {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }
}
