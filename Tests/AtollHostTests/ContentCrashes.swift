// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSnapshot
import AtollTestSupport
import Foundation
import Testing

@testable import AtollHost

/// The operations on a region's content that ``CrashTests`` dies in.
extension CrashTests {
    private static let root = TestHost.administrator

    private static func prepare(_ host: TestHost) async throws {
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
    }

    private static func isPaused(_ host: TestHost) -> Bool {
        host.hypervisor.snapshot.domains.values.contains { $0.state == .paused }
    }

    private static func save(_ host: TestHost) async throws -> (SnapshotHead, [SnapshotChunk]) {
        let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
        var chunks: [SnapshotChunk] = []
        while let records = try session.next() {
            for case .chunk(let chunk) in records { chunks.append(chunk) }
        }
        _ = try await host.service.finish(session)
        while isPaused(host) { try await Task.sleep(for: .milliseconds(2)) }
        return (session.head, chunks)
    }

    static let contentOperations: [Operation] = [
        Operation("take a snapshot", prepare: { try await prepare($0) }) { host in
            _ = try await save(host)
        } check: { group, host in
            while isPaused(host) { try await Task.sleep(for: .milliseconds(2)) }
            #expect(group?.regions.map(\.state) == [.ready])
        },
        Operation("restore a snapshot", prepare: { try await prepare($0) }) { host in
            let (head, chunks) = try await save(host)
            let session = try await host.service.restore(
                head, from: 0, into: "r", of: "g", force: true, as: root)
            for chunk in chunks { try session.put(chunk) }
            try session.putEnd()
            await host.service.note(session)
            _ = try await host.service.finish(session, as: root)
        } check: { group, host in
            while isPaused(host) { try await Task.sleep(for: .milliseconds(2)) }
            // Half restored it stays so, until it is restored or deleted.
            #expect(group?.regions.count == 1)
            try await host.service.deleteRegion("r", of: "g", force: true, as: root)
            #expect(host.memory.files.isEmpty)
        },
    ]
}
