// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
public import Logging

/// Everything the daemon does, as the API offers it. Operations on one group run one after the
/// other; each is done when it returns, or has thrown and changed nothing.
///
/// The ledger says what shall be; ``reconcile(_:)`` makes it so, and every operation is: check,
/// write the intent, act, and on failure take the intent back. A daemon killed anywhere in between
/// finds the intent at its next start and goes on from there.
public actor HostService {
    nonisolated let ledger: Ledger
    let ports: HostPorts
    let store: RegionStore
    /// The hypervisor's VMs, and the members that are processes of the host.
    let hypervisor: MemberWorld
    let configuration: HostConfiguration
    let logger: Logger
    private let onStep: (@Sendable (Step) -> Void)?
    /// By a clock that nobody sets.
    let started = ContinuousClock.now

    /// The regions that exist, mapped.
    var mapped: [UUID: MappedRegion] = [:]
    /// What was last seen of their memory.
    var looked: [UUID: RegionMemory] = [:]
    var jobs: [UInt64: RunningJob] = [:]
    var lastJob: UInt64 = 0
    var followers: [UInt64: Follower] = [:]
    var lastFollower: UInt64 = 0
    /// Events that were written down.
    var recorded: UInt64 = 0
    var residences: [UUID: Residence] = [:]
    /// Contents of regions that are on their way out or in.
    var transfers = 0
    var isSettled = false
    var isStopping = false
    /// What the watch has seen of agents and foreign jobs.
    var seen = Sightings()
    var stuck = StuckSightings()
    /// Regions in the making, and their sizes.
    var promises: [UUID: UInt64] = [:]
    /// Regions whose memory is being taken.
    var filling: [UUID: Filling] = [:]
    /// Groups whose account this daemon has opened.
    var opened: Set<String> = []
    /// Groups that are beyond their soft limit, of which an event has told.
    var warned: Set<UUID> = []
    /// Whether there may be accounts that nobody needs.
    var needsSweep = true
    var saidUncharged = false
    /// Regions of another layout of which it has been said.
    var refused: Set<UUID> = []
    /// What the guests of each region have caused.
    var guestEvents = GuestEvents()
    /// Groups that an operation works on, and who waits for its turn.
    private var busy: Set<String> = []
    private var queues: [String: [CheckedContinuation<Void, Never>]] = [:]

    public init(
        ledger: Ledger, ports: HostPorts, configuration: HostConfiguration,
        logger: Logger, onStep: (@Sendable (Step) -> Void)? = nil
    ) {
        self.ledger = ledger
        self.ports = ports
        let store = RegionStore(
            directory: configuration.memoryDirectory,
            pools: { HugePages(configuration).allPools })
        self.store = store
        hypervisor = MemberWorld(vms: ports.hypervisor, ledger: ledger, store: store)
        self.configuration = configuration
        self.logger = logger
        self.onStep = onStep
    }

    func step(_ step: Step) { onStep?(step) }

    /// Runs `body` when no other operation works on this group.
    func inTurn<T: Sendable>(
        _ group: String, _ body: () async throws(APIError) -> T
    ) async throws(APIError) -> T {
        if isStopping {
            throw APIError(
                code: .shuttingDown, message: "the daemon is stopping", remedy: "try later")
        }
        if ledger.isInDoubt != .none { try await learnWorld() }
        return try await turn(group, body)
    }

    /// The same for the service's own work. The empty name is no group's.
    func turn<T: Sendable>(
        _ group: String, _ body: () async throws(APIError) -> T
    ) async throws(APIError) -> T {
        if busy.contains(group) {
            await withCheckedContinuation { queues[group, default: []].append($0) }
        } else {
            busy.insert(group)
        }
        defer { passTurn(group) }
        return try await body()
    }

    private func passTurn(_ group: String) {
        if var queue = queues[group], !queue.isEmpty {
            let next = queue.removeFirst()
            queues[group] = queue.isEmpty ? nil : queue
            next.resume()
        } else {
            busy.remove(group)
        }
    }

    /// The group, if the caller may see it. One that it may not see does not exist for it.
    func state(of group: String, for caller: Caller) throws(APIError) -> GroupState {
        guard let state = try rows({ () throws(LedgerError) in try ledger.groupState(group) }),
            caller.mayTouch(owner: UInt32(clamping: state.group.owner))
        else {
            throw APIError(
                code: .noSuchGroup, message: "no such group", value: group,
                remedy: "`atoll group list` shows the groups you may see")
        }
        return state
    }

    func requireAdministrator(_ caller: Caller, to what: String) throws(APIError) {
        guard caller.isAdministrator else {
            throw APIError(
                code: .notPermitted, message: "only an administrator may \(what)",
                value: "uid \(caller.user)",
                remedy: "ask root or a member of the `atoll` group of the host")
        }
    }

    /// A ledger call whose failure is the API's `systemFailure`.
    func rows<T>(_ body: () throws(LedgerError) -> T) throws(APIError) -> T {
        do throws(LedgerError) { return try body() } catch {
            logger.error("ledger", metadata: ["reason": "\(error.reason)"])
            throw error.api
        }
    }

    /// A hypervisor call whose failure is one of the API's.
    func world<T: Sendable>(
        _ body: () async throws(HypervisorError) -> T
    ) async throws(APIError) -> T {
        do throws(HypervisorError) { return try await body() } catch { throw error.api }
    }
}

extension HypervisorError {
    var api: APIError {
        switch self {
        case .unreachable(let uri, let reason):
            APIError(
                code: .hypervisorUnreachable, message: "libvirt does not answer: \(reason)",
                value: uri, remedy: "start libvirtd, then try again; `atoll doctor` says more")
        case .noSuchDomain(let id):
            APIError(
                code: .noSuchVM, message: "no such VM", value: id.uuidString.lowercased(),
                remedy: "`virsh list --all` shows the VMs there are")
        case .refused(let operation, let reason):
            APIError(
                code: .hypervisorRefused, message: "libvirt refused to \(operation): \(reason)",
                remedy: "mend what it names, then try again")
        case .guestHoldsDevice(let device, let domain):
            APIError(
                code: .guestHoldsDevice,
                message: "the guest has not let go of the device", value: "\(domain): \(device)",
                remedy: "see that it runs and has booted; a paused or hung guest lets go of nothing"
            )
        }
    }
}
