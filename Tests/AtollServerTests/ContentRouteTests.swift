// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import AtollAPI
import AtollClient
import AtollHost
import AtollServer
import AtollServerTestSupport
import AtollSnapshot
import AtollTestSupport
import Foundation
import NIOCore
import Testing

/// A region's content out and in over the socket, and what becomes of VMs when a client goes.
@Suite(.timeLimit(.minutes(1))) struct ContentRouteTests {
    private func withRegion(_ body: @Sendable (LiveServer) async throws -> Void) async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["a"])
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g")
            try await body(server)
        }
    }

    private func pieces(_ server: LiveServer) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in try await server.client.snapshot("r", of: "g") { bytes += piece }
        return bytes
    }

    private func stream(_ bytes: [UInt8]) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { continuation in
            // In pieces that have nothing to do with records.
            for start in stride(from: 0, to: bytes.count, by: 100_001) {
                continuation.yield(Array(bytes[start..<min(start + 100_001, bytes.count)]))
            }
            continuation.finish()
        }
    }

    private func write(_ text: String, at offset: UInt64, _ server: LiveServer) throws {
        let path = server.host.memory.path + "/atoll.g.r"
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(text.utf8))
    }

    private func read(at offset: UInt64, _ count: Int, _ server: LiveServer) throws -> String {
        let path = server.host.memory.path + "/atoll.g.r"
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        try file.seek(toOffset: offset)
        return String(decoding: try file.read(upToCount: count) ?? Data(), as: UTF8.self)
    }

    private func running(_ server: LiveServer) async throws {
        while server.host.hypervisor.snapshot.domains.values.contains(where: {
            $0.state == .paused
        }) {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func `what comes out goes in again`() async throws {
        try await withRegion { server in
            try write("lagoon", at: (1 << 20) - 6, server)
            let bytes = try await pieces(server)
            var parser = SnapshotParser(allowing: [.plain])
            parser.add(bytes)
            var chunks: [UInt64] = []
            while let part = try parser.next() {
                if case .record(.chunk(let chunk)) = part { chunks.append(chunk.number) }
            }
            try parser.finish()
            #expect(chunks == [3])
            try write("desert", at: (1 << 20) - 6, server)
            try write("desert", at: 1 << 19, server)
            let region = try await server.client.restore("r", of: "g", stream(bytes))
            #expect(region.state == .ready)
            #expect(try read(at: (1 << 20) - 6, 6, server) == "lagoon")
            #expect(try read(at: 1 << 19, 6, server) == "\0\0\0\0\0\0")
        }
    }

    @Test func `what is no snapshot changes nothing`() async throws {
        try await withRegion { server in
            try write("lagoon", at: 1 << 19, server)
            let whole = try await pieces(server)
            for bytes in [[], Array("no snapshot at all".utf8), [UInt8](repeating: 9, count: 999)] {
                let error = await #expect(throws: APIError.self) {
                    _ = try await server.client.restore("r", of: "g", stream(bytes))
                }
                #expect(error?.code == .badSnapshot)
            }
            #expect(try await server.client.region("r", of: "g").state == .ready)
            #expect(try read(at: 1 << 19, 6, server) == "lagoon")
            // One that ends too early has begun: it waits for another try.
            let error = await #expect(throws: APIError.self) {
                _ = try await server.client.restore(
                    "r", of: "g", stream(Array(whole.dropLast(40))))
            }
            #expect(error?.code == .badSnapshot)
            while try await server.client.region("r", of: "g").state != .restoring {
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(try await server.client.restore("r", of: "g", stream(whole)).state == .ready)
        }
    }

    /// A client that hangs up in the middle, with more to come than any buffer holds.
    @Test func `a client that goes leaves nobody standing`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["a"])
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 64 << 20), in: "g")
            let path = server.host.memory.path + "/atoll.g.r"
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.seek(toOffset: 16 << 20)
            for _ in 0..<48 { try file.write(contentsOf: Data(repeating: 7, count: 1 << 20)) }
            try await AtollClient.with(socketPath: server.socket) { client in
                for try await _ in try await client.snapshot("r", of: "g") {
                    let states = server.host.hypervisor.snapshot.domains.values.map(\.state)
                    #expect(states == [.paused])
                    break
                }
            }
            try await running(server)
            #expect(try await server.client.region("r", of: "g").state == .ready)
            // Because it went, and not because of the lease.
            var why = ""
            let events = try await server.host.service.events(
                since: 0, group: "g", follow: true, as: TestHost.administrator)
            for await event in events where event.kind == "region.saving-broken-off" {
                why = event.message
                break
            }
            #expect(why.hasSuffix("whoever asked for it has gone"), "\(why)")
        }
    }

    @Test func `refusals come before the first byte`() async throws {
        try await withRegion { server in
            let none = await refusal {
                _ = try await server.client.snapshot("none", of: "g")
            }
            #expect(none == .noSuchRegion)
            let readOnly = await refusal {
                _ = try await server.client.protect("r", of: "g", vm: "a", readOnly: true)
            }
            #expect(readOnly == .readOnlyUnsupported)
            let kept = try await server.client.protect("r", of: "g", vm: "a", readOnly: false)
            #expect(kept.vm == "a")
            let stranger = await refusal {
                _ = try await server.client.protect("r", of: "g", vm: "b", readOnly: false)
            }
            #expect(stranger == .noSuchMember)
        }
    }

    private func refusal(_ body: () async throws -> Void) async -> ErrorCode? {
        do {
            try await body()
            return nil
        } catch { return (error as? APIError)?.code }
    }
}
