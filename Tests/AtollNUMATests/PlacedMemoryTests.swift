// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@testable import AtollNUMA

/// On this machine's own nodes, of which one has memory at least: 0. Several nodes are tried in a VM.
struct PlacedMemoryTests {
    private let path = "/dev/shm/atoll-numa-test.\(UUID().uuidString)"
    private let bytes = 8 << 20

    /// A file with its size and no pages, gone afterwards.
    private func withFile(_ body: (String) throws -> Void) throws {
        let file = try OwnedFD(opening: path, [.write, .create])
        defer { try? unlink(path) }
        try file.setSize(UInt64(bytes))
        try body(path)
    }

    @Test func aFileWithoutPagesLiesNowhereAndIsGivenNone() throws {
        try withFile { path in
            #expect(try PlacedMemory(path, writable: false).look() == Residence())
            #expect(try OwnedFD(opening: path).status().bytes == UInt64(bytes))
            #expect(try PlacedMemory(path, writable: false).look().nodes == [:])
        }
    }

    @Test func everyPageIsTakenAndFound() throws {
        try withFile { path in
            let memory = try PlacedMemory(path, writable: true)
            try memory.set(.bind([0]))
            try memory.fill(by: .bind([0]), huge: false, progress: { _ in })
            let seen = try PlacedMemory(path, writable: false).look()
            #expect(seen.nodes == [0: bytes])
            #expect(seen.pages.values.reduce(0, +) == bytes)
            #expect(seen.rule == .bind([0]))
        }
    }

    @Test func onlyPagesThatAreThereAreCounted() throws {
        try withFile { path in
            let file = try OwnedFD(opening: path, .write)
            try file.allocate(UInt64(bytes / 2))
            #expect(try PlacedMemory(path, writable: false).look().nodes == [0: bytes / 2])
        }
    }

    @Test func theRuleStaysWithTheFile() throws {
        try withFile { path in
            try PlacedMemory(path, writable: true).set(.preferred(0))
            #expect(try PlacedMemory(path, writable: false).rule(at: bytes - 4096) == .preferred(0))
            try PlacedMemory(path, writable: true).set(.none)
            #expect(try PlacedMemory(path, writable: false).rule(at: 0) == .none)
        }
    }

    @Test func aNodeThatDoesNotExistIsRefused() throws {
        try withFile { path in
            let memory = try PlacedMemory(path, writable: true)
            #expect(throws: Errno.invalidArgument) { try memory.set(.bind([1000])) }
        }
    }

    @Test func whoIsStoppedSaysSo() throws {
        try withFile { path in
            let memory = try PlacedMemory(path, writable: true)
            #expect(throws: PlacedFillError.stopped) {
                try memory.fill(by: .none, huge: false, progress: { _ in }, goOn: { false })
            }
            #expect(try PlacedMemory(path, writable: false).look().nodes == [:])
        }
    }

    @Test func movingToWhereItIsLeavesNothing() throws {
        try withFile { path in
            try OwnedFD(opening: path, .write).allocate(UInt64(bytes))
            var told: [Int] = []
            let memory = try PlacedMemory(path, writable: true)
            let left = try memory.move(to: .bind([0]), progress: { told.append($0) })
            #expect(left == 0)
            #expect(told == [bytes])
            #expect(try memory.look().rule == .bind([0]))
        }
    }
}
