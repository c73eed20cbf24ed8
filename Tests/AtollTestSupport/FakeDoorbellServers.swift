// SPDX-License-Identifier: Apache-2.0
public import AtollHost
import Synchronization

/// Doorbell servers of records, for unit tests. VMs do not connect by themselves.
public final class FakeDoorbellServers: DoorbellServers {
    public struct World: Sendable {
        public var serving: [String: DoorbellOrder] = [:]
        public var seats: [String: [DoorbellSeat]] = [:]
        public var connected: [String: Set<Int>] = [:]
        public var isRefusing = false

        public init() {}
    }

    private let world: Mutex<World>

    public init(_ world: World = World()) { self.world = Mutex(world) }

    public var snapshot: World { world.withLock { $0 } }

    public func change(_ body: (inout World) -> Void) { world.withLock { body(&$0) } }

    public func socket(of object: String) -> String { "/fake/\(object).sock" }

    public func isServing(_ object: String) -> Bool { snapshot.serving[object] != nil }

    public func serve(_ order: DoorbellOrder) async throws(DoorbellError) {
        if snapshot.isRefusing { throw .failed(operation: "serve", reason: "the test says so") }
        world.withLock { $0.serving[order.object] = order }
    }

    public func seat(_ seats: [DoorbellSeat], at object: String) throws(DoorbellError) -> Bool {
        world.withLock { world in
            if world.seats[object] == seats { return false }
            world.seats[object] = seats
            return true
        }
    }

    public func connected(to object: String) -> Set<Int> { snapshot.connected[object] ?? [] }

    public func close(_ object: String) async throws(DoorbellError) {
        world.withLock { world in
            world.serving[object] = nil
            world.seats[object] = nil
            world.connected[object] = nil
        }
    }

    public func objects() -> Set<String> {
        let world = snapshot
        return Set(world.serving.keys).union(world.seats.keys)
    }
}
