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

    /// The pool has pages, and the group may have no more of them: not the host's fault.
    @Test func anAccountThatIsFullIsNoShortPool() throws {
        let directory = try TemporaryDirectory()
        var order = order
        order.pages = .huge2MiB
        let (limit, usage) = (directory.path + "/limit", directory.path + "/usage")
        order.ticket = ChargeTicket(
            joins: [], walls: [ChargeTicket.Wall(limit: limit, usage: usage)])
        let short = PlaceHelper.Ending(
            lines: [["short", "2097152"], ["end"]], code: 0)
        for (most, used, error) in [
            ("2097152", "2097152", FillError.overQuota(needed: 2 << 20, available: 0)),
            ("8388608", "2097152", .noHugePages(needed: bytes, available: 2 << 20)),
            ("max", "2097152", .noHugePages(needed: bytes, available: 2 << 20)),
        ] {
            try "\(most)\n".write(toFile: limit, atomically: false, encoding: .utf8)
            try "\(used)\n".write(toFile: usage, atomically: false, encoding: .utf8)
            #expect(throws: error) { try PlacedFiller.check(short, order) }
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

/// `auto`, from where VMs' vCPUs run to where the pages lie: on the nodes of a sysfs that the test wrote,
/// of which this machine has the first.
@Suite(.timeLimit(.minutes(2))) struct AutomaticTests {
    @Test func goesWhereTheVCPUsRun() async throws {
        let system = try TemporaryDirectory()
        for (node, cpus) in [(0, "0-1"), (1, "2-3")] {
            let directory = system.path + "/devices/system/node/node\(node)"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            try "Node \(node) MemTotal: 8388608 kB\nNode \(node) MemFree: 8388608 kB\n".write(
                toFile: directory + "/meminfo", atomically: false, encoding: .utf8)
            try cpus.write(toFile: directory + "/cpulist", atomically: false, encoding: .utf8)
        }
        let helper = PlaceHelper(
            path: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: ".build/debug/atoll-place").path)
        let host = try TestHost(
            placement: NUMAPlacement(helper: helper, system: system.path),
            filler: PlacedFiller(helper: helper, otherwise: Never.filler))
        try await host.group(vms: ["a", "b"])
        for domain in host.hypervisor.snapshot.domains.values {
            host.hypervisor.change {
                $0.places[domain.id] = [VCPUPlace(current: 0, allowed: [0, 1])]
            }
        }
        let spec = RegionSpec(name: "r", size: 4 << 20, numa: .auto)
        let root = TestHost.administrator
        _ = try await host.service.createRegion(spec, in: "g", as: root)
        let region = try await host.service.region("r", of: "g", as: root)
        #expect(region.numa == .auto)
        #expect(region.memory?.policy == .bind([0]))
        #expect(region.memory?.nodes == [.init(node: 0, bytes: 4 << 20)])
        // Where they run now, this machine has no node: the kernel says so.
        for domain in host.hypervisor.snapshot.domains.values {
            host.hypervisor.change {
                $0.places[domain.id] = [VCPUPlace(current: 2, allowed: [2, 3])]
            }
        }
        var last: MoveProgress?
        for await step in try await host.service.moveRegion(
            "r", of: "g", MoveSpec(numa: .auto), as: root)
        { last = step }
        #expect(last?.error?.message.contains("Invalid argument") == true)
        // One that names the nodes itself does not ask where they run.
        for await step in try await host.service.moveRegion(
            "r", of: "g", MoveSpec(numa: .preferred(0)), as: root)
        { last = step }
        #expect(last?.left == 0)
        #expect(
            try await host.service.region("r", of: "g", as: root).memory?.policy == .preferred(0))
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
