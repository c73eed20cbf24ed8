// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AtollHost

/// Nodes and pages, on hosts that the test describes.
@Suite(.timeLimit(.minutes(1))) struct PlacementTests {
    let root = TestHost.administrator
    private let nodes = [
        HostNode(id: 0, total: 8 << 30, free: 4 << 30, cpus: [0, 1]),
        HostNode(id: 1, total: 8 << 30, free: 64 << 20, cpus: [2, 3]),
        HostNode(id: 3, total: 0, free: 0, cpus: [4]),
    ]

    private func host(_ placement: FakePlacement) async throws -> TestHost {
        let host = try TestHost(placement: placement, filler: placement)
        try await host.group()
        return host
    }

    private func refused(
        _ host: TestHost, _ numa: String, size: UInt64 = 1 << 20
    ) async -> APIError? {
        let spec = RegionSpec(name: "r", size: size, numa: NUMAPolicy(numa)!)
        do { _ = try await host.service.createRegion(spec, in: "g", as: root) } catch {
            return error
        }
        return nil
    }

    @Test(arguments: ["bind:2", "interleave:0-2", "preferred:9", "weighted:0=1,2=1"])
    func aNodeThatDoesNotExistIsRefused(_ numa: String) async throws {
        let host = try await host(FakePlacement(nodes))
        let error = await refused(host, numa)
        #expect(error?.code == .noSuchNode)
        #expect(error?.message.contains("does not exist") == true)
        #expect(error?.remedy == "there is memory on nodes 0, 1")
        #expect(host.memory.files == [])
    }

    @Test func aNodeWithoutMemoryIsRefused() async throws {
        let host = try await host(FakePlacement(nodes))
        let error = await refused(host, "bind:3")
        #expect(error?.code == .noSuchNode)
        #expect(error?.message == "node 3 of the host has no memory")
    }

    @Test(arguments: [("bind:1", true), ("bind:0-1", false), ("weighted:0=1,1=1", false)])
    func whatANodeHasNotIsRefused(_ numa: String, _ isRefused: Bool) async throws {
        let host = try await host(FakePlacement(nodes))
        let error = await refused(host, numa, size: 128 << 20)
        #expect((error != nil) == isRefused)
        if isRefused {
            #expect(error?.code == .hostMemory)
            #expect(error?.message == "node 1 of the host has 64 MiB free")
            #expect(error?.value == "128 MiB")
        }
    }

    @Test func whoFillsIsToldWhere() async throws {
        let placement = FakePlacement(nodes)
        let host = try await host(placement)
        #expect(await refused(host, "weighted:0=3,1=1") == nil)
        #expect(placement.orders.map(\.nodes) == [.weighted([0: 3, 1: 1])])
        let region = try await host.service.region("r", of: "g", as: root)
        #expect(region.numa.description == "weighted:0=3,1=1")
        #expect(region.memory == placement.memory)
    }

    @Test func autoGoesWhereTheVCPUsRun() async throws {
        let placement = FakePlacement(nodes)
        let host = try TestHost(placement: placement, filler: placement)
        try await host.group(vms: ["a", "b"])
        let ids = host.hypervisor.snapshot.domains
        for domain in ids.values {
            let cpus: Set<Int> = domain.name == "a" ? [0] : [2, 3]
            host.hypervisor.change {
                $0.places[domain.id] = [VCPUPlace(current: nil, allowed: cpus)]
            }
        }
        #expect(await refused(host, "auto") == nil)
        #expect(placement.orders.map(\.nodes) == [.weighted([0: 1, 1: 1])])
        let last = try await moved(host, "auto")
        #expect(last?.left == 0)
        #expect(placement.moves == [.weighted([0: 1, 1: 1])])
    }

    @Test func weightsAreTheVCPUsOfEachNode() {
        func place(_ allowed: Set<Int>, now: Int? = nil) -> VCPUPlace {
            VCPUPlace(current: now, allowed: allowed)
        }
        func policy(_ places: [VCPUPlace]) -> NodePolicy? { NodePolicy(running: places, on: nodes) }
        #expect(policy([]) == nil)
        #expect(policy([place([0, 1]), place([1])]) == .bind([0]))
        #expect(
            policy([place([0]), place([0]), place([2]), place([3])]) == .weighted([0: 1, 1: 1]))
        // Kept nowhere: where it runs; stopped as well: nowhere.
        #expect(policy([place([0, 1, 2, 3], now: 3)]) == .bind([1]))
        #expect(policy([place([0, 1, 2, 3])]) == nil)
        // Its node has no memory.
        #expect(policy([place([4])]) == nil)
        #expect(NodePolicy(running: [place([0])], on: [nodes[0]]) == nil)
        let many = [VCPUPlace](repeating: place([0]), count: 700) + [place([2])]
        #expect(policy(many) == .weighted([0: 233, 1: 1]))
    }

    private func moved(_ host: TestHost, _ numa: String) async throws -> MoveProgress? {
        var last: MoveProgress?
        let steps = try await host.service.moveRegion(
            "r", of: "g", MoveSpec(numa: NUMAPolicy(numa)!), as: root)
        for await step in steps { last = step }
        return last
    }

    @Test func aMoveTellsWhatItLeft() async throws {
        let placement = FakePlacement(nodes)
        let host = try await host(placement)
        #expect(await refused(host, "none") == nil)
        placement.left = 8192
        // Until its end the ledger says that it is under way.
        let ledger = host.service.ledger
        let seen = Mutex<[Bool]>([])
        placement.onMove = {
            let rows = (try? ledger.groupState("g"))??.regions ?? []
            seen.withLock { $0 += rows.map(\.isMoving) }
        }
        #expect(
            try await moved(host, "bind:1")
                == MoveProgress(done: 1 << 20, total: 1 << 20, left: 8192))
        #expect(placement.moves == [.bind([1])])
        #expect(seen.withLock { $0 } == [true])
        #expect(try ledger.groupState("g")?.regions.map(\.isMoving) == [false])
        #expect(try await host.service.region("r", of: "g", as: root).numa == .bind([1]))
        let events = try await host.service.events(since: 0, group: "g", follow: false, as: root)
        var kinds: [String] = []
        for await event in events { kinds.append(event.kind) }
        #expect(kinds.last == "region.moved")
        await #expect(throws: APIError.self) { _ = try await moved(host, "bind:7") }
        #expect(placement.moves == [.bind([1])])
    }

    @Test func aMoveThatFailsSaysWhy() async throws {
        let placement = FakePlacement(nodes)
        let host = try await host(placement)
        #expect(await refused(host, "none") == nil)
        placement.failure = .failed(operation: "move it", reason: "the test says so")
        #expect(try await moved(host, "bind:1")?.error?.code == .systemFailure)
        // It is over: nobody tries it again of himself.
        placement.failure = nil
        await host.service.reconcileAll()
        #expect(placement.moves == [])
    }

    @Test func aMoveThatAKilledDaemonBeganIsDone() async throws {
        let placement = FakePlacement(nodes)
        let host = try await host(placement)
        #expect(await refused(host, "none") == nil)
        await host.service.reconcileAll()
        #expect(placement.moves == [])
        try host.service.ledger.write {
            try $0.execute(sql: "UPDATE regions SET numa = 'bind:1', isMoving = 1")
        }
        await host.service.reconcileAll()
        await host.service.reconcileAll()
        #expect(placement.moves == [.bind([1])])
    }
}

/// Answers what the test says, and remembers what it was told.
final class FakePlacement: Placement, RegionFiller {
    private struct State {
        var orders: [FillOrder] = []
        var moves: [NodePolicy?] = []
        var left: UInt64 = 0
        var failure: PlacementError?
        var onMove: (@Sendable () -> Void)?
    }

    private let there: [HostNode]
    private let state = Mutex(State())
    let memory = RegionMemory(
        nodes: [.init(node: 1, bytes: 1 << 20)], pages: [.init(size: .small, bytes: 1 << 20)],
        policy: .bind([1]))

    init(_ nodes: [HostNode]) { there = nodes }

    var orders: [FillOrder] { state.withLock { $0.orders } }
    var moves: [NodePolicy?] { state.withLock { $0.moves } }
    var left: UInt64 {
        get { state.withLock { $0.left } }
        set { state.withLock { $0.left = newValue } }
    }
    var failure: PlacementError? {
        get { state.withLock { $0.failure } }
        set { state.withLock { $0.failure = newValue } }
    }

    var onMove: (@Sendable () -> Void)? {
        get { state.withLock { $0.onMove } }
        set { state.withLock { $0.onMove = newValue } }
    }

    func nodes() async throws(PlacementError) -> [HostNode] { there }

    func look(path: String) async throws(PlacementError) -> RegionMemory { memory }

    func move(
        path: String, to policy: NodePolicy?, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(PlacementError) -> UInt64 {
        onMove?()
        if let failure { throw failure }
        progress(1)
        return state.withLock {
            $0.moves.append(policy)
            return $0.left
        }
    }

    func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        state.withLock { $0.orders.append(order) }
        try await InProcessFiller().fill(
            FillOrder(path: order.path, bytes: order.bytes), progress: progress)
    }
}
