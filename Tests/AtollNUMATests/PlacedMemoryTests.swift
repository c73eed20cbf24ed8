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

    private func look(_ path: String) throws -> Residence {
        let memory = try PlacedMemory(path, writable: false)
        return try memory.look()
    }

    @Test func aFileWithoutPagesLiesNowhereAndIsGivenNone() throws {
        try withFile { path in
            let first = try look(path)
            #expect(first == Residence())
            // To look has not taken them either.
            let second = try look(path)
            #expect(second.nodes == [:])
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

    @Test func pagesThatNobodyHasTouchedAreFound() throws {
        try withFile { path in
            try OwnedFD(opening: path, .write).allocate(UInt64(bytes))
            let seen = try look(path)
            #expect(seen.nodes == [0: bytes])
        }
    }

    @Test func onlyPagesThatAreThereAreCounted() throws {
        try withFile { path in
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.write(contentsOf: Data(repeating: 1, count: bytes / 2))
            let seen1 = try look(path)
            #expect(seen1.nodes == [0: bytes / 2])
        }
    }

    @Test func theRuleStaysWithTheFile() throws {
        try withFile { path in
            try PlacedMemory(path, writable: true).set(.preferred(0))
            let seen2 = try look(path)
            #expect(seen2.rule == .preferred(0))
            try PlacedMemory(path, writable: true).set(.none)
            let seen3 = try look(path)
            #expect(seen3.rule == .none)
        }
    }

    @Test func aNodeThatDoesNotExistIsRefused() throws {
        try withFile { path in
            #expect(throws: Errno.invalidArgument) {
                try PlacedMemory(path, writable: true).set(.bind([1000]))
            }
        }
    }

    @Test func whoIsStoppedSaysSo() throws {
        try withFile { path in
            #expect(throws: PlacedFillError.stopped) {
                try PlacedMemory(path, writable: true)
                    .fill(by: .none, huge: false, progress: { _ in }, goOn: { false })
            }
            let seen4 = try look(path)
            #expect(seen4.nodes == [:])
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
            let seen = try memory.look()
            #expect(seen.rule == .bind([0]))
        }
    }
}
