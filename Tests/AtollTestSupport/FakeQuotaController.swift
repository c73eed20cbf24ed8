// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import AtollHost
import Synchronization

/// Accounts of records, for unit tests: what is used is what the test says.
public final class FakeQuotaController: QuotaController {
    public struct Account: Sendable {
        public var limits: ChargeAccount
        public var regions: Set<String> = []
        public var used: UInt64 = 0
    }

    public struct World: Sendable {
        public var accounts: [String: Account] = [:]
        /// Whether the kernel refuses to give up anything.
        public var isHolding = false

        public init() {}
    }

    private let world: Mutex<World>

    public init(_ world: World = World()) { self.world = Mutex(world) }

    public var snapshot: World { world.withLock { $0 } }

    public func change(_ body: (inout World) -> Void) { world.withLock { body(&$0) } }

    public func status() async -> ChargeStatus {
        ChargeStatus(tree: .v2, root: "/fake", finding: "a fake")
    }

    public func open(_ account: ChargeAccount) async throws(QuotaError) {
        let used = world.withLock { world in
            let used = world.accounts[account.group]?.used ?? 0
            if used > account.quota { return used as UInt64? }
            world.accounts[account.group, default: Account(limits: account)].limits = account
            return nil
        }
        if let used { throw .belowUse(limit: account.quota, used: used) }
    }

    public func ticket(region: String, group: String, pages: PageSize)
        async throws(QuotaError) -> ChargeTicket
    {
        world.withLock { _ = $0.accounts[group]?.regions.insert(region) }
        return ChargeTicket(joins: [])
    }

    public func charge(of group: String) async throws(QuotaError) -> GroupCharge? {
        snapshot.accounts[group].map {
            GroupCharge(used: $0.used, limit: $0.limits.quota, peak: $0.used, denials: 0)
        }
    }

    public func close(region: String, group: String) async throws(QuotaError) {
        try held()
        world.withLock { _ = $0.accounts[group]?.regions.remove(region) }
    }

    public func close(group: String) async throws(QuotaError) {
        try held()
        world.withLock { $0.accounts[group] = nil }
    }

    public func accounts() async throws(QuotaError) -> [String: Set<String>] {
        snapshot.accounts.mapValues(\.regions)
    }

    private func held() throws(QuotaError) {
        if snapshot.isHolding { throw .failed(operation: "remove", reason: "the test says so") }
    }
}
