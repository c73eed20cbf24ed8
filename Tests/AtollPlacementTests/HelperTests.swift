// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Synchronization
import Testing

@testable import AtollPlacement

/// The helper as it was built, on files of this machine.
@Suite(.timeLimit(.minutes(2))) struct HelperTests {
    private let helper = PlaceHelper(
        path: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/debug/atoll-place").path)
    private let path = "/dev/shm/atoll-place-test.\(UUID().uuidString)"
    private let bytes: UInt64 = 4 << 20

    private func withFile(_ body: () async throws -> Void) async throws {
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: bytes)
        try await body()
    }

    private var order: FillOrder { FillOrder(path: path, bytes: bytes, nodes: .bind([0])) }

    @Test func whatIsFilledLiesWhereItShall() async throws {
        try await withFile {
            let told = Mutex<[UInt64]>([])
            try await PlacedFiller(helper: helper, otherwise: Never.filler)
                .fill(order) { bytes in told.withLock { $0.append(bytes) } }
            #expect(told.withLock { $0.last } == bytes)
            let seen = try await NUMAPlacement(helper: helper).look(path: path)
            #expect(seen.nodes == [.init(node: 0, bytes: bytes)])
            #expect(seen.policy == .bind([0]))
            #expect(seen.pages.reduce(0) { $0 + $1.bytes } == bytes)
        }
    }

    @Test func theFillerJoinsWhoIsCharged() async throws {
        try await withFile {
            let joins = try TemporaryDirectory()
            let file = joins.path + "/procs"
            #expect(FileManager.default.createFile(atPath: file, contents: nil))
            var order = order
            order.ticket = ChargeTicket(joins: [file])
            try await PlacedFiller(helper: helper, otherwise: Never.filler).fill(order) { _ in }
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(Int(text.trimmingCharacters(in: .newlines)).map { $0 > 1 } == true)
        }
    }

    @Test func anAccountThatCannotBeJoinedFailsTheFill() async throws {
        try await withFile {
            var order = order
            order.ticket = ChargeTicket(joins: ["/nowhere/cgroup.procs"])
            await #expect(throws: FillError.self) {
                try await PlacedFiller(helper: helper, otherwise: Never.filler)
                    .fill(order) { _ in }
            }
            let seen = try await NUMAPlacement(helper: helper).look(path: path)
            #expect(seen.nodes == [])
        }
    }

    /// Its mount says `huge=never`, or the test's memory is of huge pages and nothing is short.
    @Test func smallPagesAreNoHugeOnes() async throws {
        try await withFile {
            var order = order
            order.pages = .huge2MiB
            let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
            let listens = HugeMount.listens(mounts)
            do {
                try await PlacedFiller(helper: helper, otherwise: Never.filler)
                    .fill(order) { _ in }
                #expect(listens)
            } catch let error as FillError {
                #expect(!listens)
                #expect(error == .noHugePages(needed: bytes, available: 0))
            }
        }
    }

    @Test func aMoveTellsItsEnd() async throws {
        try await withFile {
            let placement = NUMAPlacement(helper: helper)
            try await PlacedFiller(helper: helper, otherwise: Never.filler).fill(order) { _ in }
            let told = Mutex<[UInt64]>([])
            let left = try await placement.move(path: path, to: .preferred(0)) { bytes in
                told.withLock { $0.append(bytes) }
            }
            #expect(left == 0)
            #expect(told.withLock { $0 } == [bytes])
            #expect(try await placement.look(path: path).policy == .preferred(0))
            _ = try await placement.move(path: path, to: nil) { _ in }
            #expect(try await placement.look(path: path).policy == .none)
        }
    }

    @Test func whatCannotBeLookedAtIsSaid() async throws {
        await #expect(
            throws: PlacementError.failed(
                operation: "look at /nowhere", reason: "No such file or directory")
        ) { try await NUMAPlacement(helper: helper).look(path: "/nowhere") }
        await #expect(throws: PlacementError.self) {
            try await NUMAPlacement(helper: PlaceHelper(path: "/nowhere")).look(path: path)
        }
    }

    @Test func deathByTheKernelIsALimit() throws {
        let killed = PlaceHelper.Ending(code: 137)
        #expect(throws: FillError.noMemory(needed: bytes, available: 0)) {
            try PlacedFiller.check(killed, order)
        }
        var charged = order
        charged.ticket = ChargeTicket(joins: [])
        #expect(throws: FillError.overQuota(needed: bytes, available: 0)) {
            try PlacedFiller.check(killed, charged)
        }
        #expect(throws: FillError.self) {
            try PlacedFiller.check(PlaceHelper.Ending(code: 0), order)
        }
    }
}

private enum HugeMount {
    static func listens(_ mounts: String) -> Bool {
        let line = mounts.split(separator: "\n").last { $0.contains(" /dev/shm tmpfs ") } ?? ""
        return ["huge=advise", "huge=within_size", "huge=always"].contains { line.contains($0) }
    }
}

extension Never {
    fileprivate static var filler: any RegionFiller { NoFiller() }
}

/// Nobody asks it.
private struct NoFiller: RegionFiller {
    func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        throw .failed(operation: "fill", reason: "the other filler was asked")
    }
}
