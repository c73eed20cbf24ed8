// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollSystem
import Dispatch
import Foundation
import GRDB
import Synchronization

/// The hypervisor's VMs, and beside them the members that are processes of the host: to the service both
/// are the same.
///
/// A region is plugged into a process by letting its user open the region's object (an access list of the
/// file), and unplugged by taking that back and seeing that the process maps it no more. Whether the
/// process runs is the kernel's word, by a descriptor of the process.
final class MemberWorld: Hypervisor {
    private let vms: any Hypervisor
    private let ledger: Ledger
    private let store: RegionStore

    private struct State {
        var witnesses: [UUID: ProcessWitness] = [:]
        var listeners: [UUID: AsyncStream<HypervisorEvent>.Continuation] = [:]
    }
    private let state = Mutex(State())

    init(vms: any Hypervisor, ledger: Ledger, store: RegionStore) {
        self.vms = vms
        self.ledger = ledger
        self.store = store
    }

    // MARK: Processes

    /// Has the process watched as this member from here on. Throws ``Errno/noSuchProcess``.
    func watch(_ witness: ProcessWitness, as member: UUID) {
        state.withLock { $0.witnesses[member] = witness }
        // Its end is told once, from any thread; the descriptor lives as long as the source.
        let source = DispatchSource.makeReadSource(
            fileDescriptor: witness.descriptor, queue: .global())
        source.setEventHandler { [weak self] in
            guard witness.hasEnded else { return }
            source.cancel()
            self?.ended(witness, as: member)
        }
        source.setCancelHandler { withExtendedLifetime(witness) {} }
        source.activate()
    }

    /// The member is no more; what runs as it has nothing to do with a later one of the same name.
    func forget(_ member: UUID) { state.withLock { $0.witnesses[member] = nil } }

    private func ended(_ witness: ProcessWitness, as member: UUID) {
        state.withLock { state in
            guard state.witnesses[member] === witness else { return }
            state.witnesses[member] = nil
            for listener in state.listeners.values { listener.yield(.stopped(member)) }
        }
    }

    /// The process that runs as this member; `nil`: none.
    func witness(of row: MemberRow) -> ProcessWitness? {
        if let known = state.withLock({ $0.witnesses[row.vm] }), !known.hasEnded { return known }
        // One that an earlier daemon watched.
        guard let boot = row.boot, let found = try? ProcessWitness(ProcessMark(number: boot)) else {
            return nil
        }
        watch(found, as: row.vm)
        return found
    }

    /// Whether a process runs as this member, whatever the ledger says of its past ones.
    func isWatched(_ member: UUID) -> Bool {
        state.withLock { $0.witnesses[member] }.map { !$0.hasEnded } ?? false
    }

    private func process(_ id: UUID) throws(HypervisorError) -> MemberRow? {
        try asking {
            try MemberRow.filter(Column("vm") == id.uuidString.lowercased())
                .filter(Column("user") != nil).fetchOne($0)
        }
    }

    private func asking<T>(_ body: (Database) throws -> T) throws(HypervisorError) -> T {
        do throws(LedgerError) { return try ledger.read(body) } catch {
            throw .refused(operation: "read the ledger", reason: error.reason)
        }
    }

    private func regions(of row: MemberRow) throws(HypervisorError) -> [RegionRow] {
        try asking {
            try RegionRow.filter(Column("groupID") == row.groupID.uuidString.lowercased())
                .fetchAll($0)
        }
    }

    private func domain(_ row: MemberRow) throws(HypervisorError) -> Domain {
        let witness = witness(of: row)
        let user = UInt32(clamping: row.user ?? 0)
        var stored: [SharedMemoryDevice] = []
        var live: [SharedMemoryDevice] = []
        for region in try regions(of: row) {
            let device = SharedMemoryDevice(
                name: region.object, bytes: UInt64(clamping: region.size))
            let isGranted = store.users(of: region).contains(user)
            if isGranted { stored.append(device) }
            if let witness, isGranted || store.isMapped(region, by: witness) {
                live.append(device)
            }
        }
        return Domain(
            id: row.vm, name: row.name, state: witness == nil ? .stopped : .running,
            boot: witness?.mark.number, isPersistent: true, accelerator: .kvm, vcpus: row.vcpus,
            maximumVCPUs: row.vcpus,
            pci: PCITopology(machine: .pc, freeRootPorts: [], window: .max), live: live,
            stored: stored)
    }

    // MARK: The port

    func domains() async throws(HypervisorError) -> [Domain] {
        let processes = try asking { try MemberRow.filter(Column("user") != nil).fetchAll($0) }
        var found = try await vms.domains()
        for row in processes { found.append(try domain(row)) }
        return found
    }

    func domain(_ nameOrUUID: String) async throws(HypervisorError) -> Domain? {
        try await vms.domain(nameOrUUID)
    }

    func domain(_ id: UUID) async throws(HypervisorError) -> Domain? {
        guard let row = try process(id) else { return try await vms.domain(id) }
        return try domain(row)
    }

    func attach(_ device: SharedMemoryDevice, to domain: UUID, _ scope: DeviceScope)
        async throws(HypervisorError)
    {
        guard let row = try process(domain) else {
            return try await vms.attach(device, to: domain, scope)
        }
        try grant(device, row, true)
    }

    func detach(
        _ device: SharedMemoryDevice, from domain: UUID, _ scope: DeviceScope, patience: Duration
    ) async throws(HypervisorError) {
        guard let row = try process(domain) else {
            return try await vms.detach(device, from: domain, scope, patience: patience)
        }
        try grant(device, row, false)
        guard scope == .live,
            let region = try regions(of: row).first(where: { $0.object == device.name })
        else { return }
        let end = ContinuousClock.now + patience
        while let witness = witness(of: row), store.isMapped(region, by: witness) {
            guard ContinuousClock.now < end else {
                throw .guestHoldsDevice(device: device.name, domain: row.name)
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The object's access list: the users of all processes that shall have the region.
    private func grant(_ device: SharedMemoryDevice, _ row: MemberRow, _ isMember: Bool)
        throws(HypervisorError)
    {
        guard let region = try regions(of: row).first(where: { $0.object == device.name }) else {
            return
        }
        let others = try asking { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT members.user FROM members JOIN attachments ON attachments.vm = members.vm
                    WHERE attachments.regionID = ? AND members.vm <> ? AND members.user IS NOT NULL
                    AND NOT members.leaving AND attachments.state <> 'detaching'
                    """,
                arguments: [region.id.uuidString.lowercased(), row.vm.uuidString.lowercased()])
        }
        let own = isMember ? [UInt32(clamping: row.user ?? 0)] : []
        do throws(Errno) {
            try store.allow(AccessList(users: others.map { UInt32(clamping: $0) } + own), region)
        } catch {
            // What is not there needs not be taken away.
            if !isMember, error == .noSuchFile || error == .notSupported { return }
            throw .refused(
                operation: "let user \(row.user ?? 0) open \(device.name)",
                reason: error == .notSupported
                    ? "the region's file system (hugetlbfs) has no access lists" : error.words)
        }
    }

    func events() async -> AsyncStream<HypervisorEvent> {
        let told = await vms.events()
        let (stream, continuation) = AsyncStream.makeStream(of: HypervisorEvent.self)
        let id = UUID()
        state.withLock { $0.listeners[id] = continuation }
        let task = Task {
            for await event in told { continuation.yield(event) }
            continuation.finish()
        }
        continuation.onTermination = { [weak self] _ in
            task.cancel()
            self?.state.withLock { $0.listeners[id] = nil }
        }
        return stream
    }

    func status() async -> HypervisorStatus { await vms.status() }

    func vcpus(of domain: UUID) async throws(HypervisorError) -> [VCPUPlace] {
        try process(domain) == nil ? try await vms.vcpus(of: domain) : []
    }

    func pause(_ domain: UUID) async throws(HypervisorError) {
        guard let row = try process(domain) else { return try await vms.pause(domain) }
        throw .refused(
            operation: "pause \(row.name)",
            reason: "it is a process of the host, and what it has started cannot be stopped with it"
        )
    }

    func resume(_ domain: UUID) async throws(HypervisorError) {
        if try process(domain) == nil { try await vms.resume(domain) }
    }

    func readOnlyObstacle() async -> String? { await vms.readOnlyObstacle() }

    func memory(of domains: Set<UUID>, objects: Set<String>) async -> [UUID: ProcessMemory] {
        await vms.memory(of: domains, objects: objects)
    }

    /// A process's core dumps are its user's, who may read the region anyway.
    @discardableResult
    func keepSharedMemoryOutOfCores(of domain: UUID) async -> Bool {
        if (try? process(domain)) != nil { return true }
        return await vms.keepSharedMemoryOutOfCores(of: domain)
    }

    func processOwner() async throws(HypervisorError) -> ProcessOwner {
        try await vms.processOwner()
    }
}
