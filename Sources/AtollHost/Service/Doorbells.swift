// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSystem
import Foundation
import Logging

/// The doorbell servers of regions that have one.
extension HostService {
    /// Interrupts that each member of a region with a doorbell gets: one for "something was released:
    /// look again", one for agents.
    static let doorbellVectors = 2

    /// The device by which a VM has the region.
    func device(_ row: RegionRow) -> SharedMemoryDevice {
        SharedMemoryDevice(
            name: row.object, bytes: UInt64(clamping: row.size),
            doorbell: row.vectors == 0
                ? nil : .init(socket: ports.doorbells.socket(of: row.object), vectors: row.vectors))
    }

    /// Sees to it that the region's server runs and knows the members, before any VM needs it.
    func keepDoorbell(of row: RegionRow) async throws(APIError) {
        guard row.vectors > 0 else { return }
        try seatDoorbell(of: row)
        if ports.doorbells.isServing(row.object) { return }
        guard let file = try store.file(of: row) else {
            throw APIError(
                code: .notReady, message: "the region's memory is not there yet", value: row.name,
                remedy: "try again once `atoll region show` says ready")
        }
        let order = DoorbellOrder(
            object: row.object, memory: file, bytes: UInt64(clamping: row.size),
            vectors: row.vectors, owner: try await processOwner())
        try await doorbell { () throws(DoorbellError) in try await ports.doorbells.serve(order) }
        step(.doorbellServed)
        tellOfCutOff(row)
    }

    /// Whether the region has what it was made with.
    func hasDoorbell(_ row: RegionRow) -> Bool {
        row.vectors == 0 || ports.doorbells.isServing(row.object)
    }

    /// The VM, with the sizes of its devices with doorbells taken off its PCI window: the hypervisor
    /// does not know them.
    func sized(_ domain: Domain, by state: GroupState) -> Domain {
        var domain = domain
        guard domain.pci.machine == .pc else { return domain }
        for row in state.regions
        where domain.live.contains(where: { $0.name == row.object && $0.doorbell != nil }) {
            domain.pci.window -= min(domain.pci.window, UInt64(clamping: row.size))
        }
        return domain
    }

    /// Writes down who may connect to the region's server.
    func seatDoorbell(of row: RegionRow) throws(APIError) {
        guard row.vectors > 0, let state = groupOf(region: row.id) else { return }
        let seats = state.members.filter { !$0.leaving }.compactMap { member -> DoorbellSeat? in
            if member.user == nil {
                return DoorbellSeat(slot: member.slot, holder: .vm(member.vm))
            }
            return member.boot.map {
                DoorbellSeat(
                    slot: member.slot, holder: .process(ProcessMark(number: $0).process))
            }
        }
        let isNews: Bool
        do throws(DoorbellError) {
            isNews = try ports.doorbells.seat(seats, at: row.object)
        } catch { throw error.api }
        if isNews { step(.doorbellSeated) }
    }

    /// Ends the region's server. VMs that have it go on and ring whom they know.
    func closeDoorbell(of row: RegionRow) async throws(APIError) {
        guard row.vectors > 0 else { return }
        try await doorbell { () throws(DoorbellError) in
            try await ports.doorbells.close(row.object)
        }
        step(.doorbellClosed)
    }

    /// Ends the servers of regions that are in no ledger.
    func sweepDoorbells() async {
        let found = ports.doorbells.objects()
        guard !found.isEmpty, let states = try? ledger.groupStates() else { return }
        let known = Set(states.flatMap { $0.regions.filter { $0.vectors > 0 }.map(\.object) })
        for object in found.subtracting(known) {
            do throws(DoorbellError) { try await ports.doorbells.close(object) } catch {
                logger.warning(
                    "a doorbell server that nobody needs stays",
                    metadata: ["object": "\(object)", "reason": "\(error.api.message)"])
            }
        }
    }

    /// What people are told of it.
    func doorbellView(_ row: RegionRow, in state: GroupState) -> Doorbell? {
        guard row.vectors > 0 else { return nil }
        let isServed = ports.doorbells.isServing(row.object)
        let connected = isServed ? ports.doorbells.connected(to: row.object) : []
        let cutOff = state.attachments(of: row).filter { member, attachment in
            member.boot != nil && member.user == nil && attachment.state == .attached
                && !connected.contains(member.slot)
        }
        return Doorbell(
            vectors: row.vectors, isServed: isServed, cutOff: cutOff.map { $0.0.name })
    }

    /// A server that was killed took with it what it knew.
    private func tellOfCutOff(_ row: RegionRow) {
        guard let state = groupOf(region: row.id), let view = doorbellView(row, in: state),
            !view.cutOff.isEmpty
        else { return }
        record(
            "region.doorbell-restarted", state.group, row.name,
            "the doorbell server of region \(row.name) had been killed and runs again: "
                + "\(view.cutOff.joined(separator: ", ")) ring nobody who starts from now on; "
                + "restart them, or remove them from the group and add them again")
    }

    private func doorbell(_ body: () async throws(DoorbellError) -> Void) async throws(APIError) {
        do throws(DoorbellError) { try await body() } catch { throw error.api }
    }
}

extension DoorbellError {
    var api: APIError {
        switch self {
        case .unavailable(let reason):
            APIError(
                code: .doorbellUnavailable, message: "no region can have a doorbell: \(reason)",
                remedy: "make the region without --doorbell; members then wait by short sleeps")
        case .failed(let operation, let reason):
            APIError(
                code: .systemFailure, message: "cannot \(operation): \(reason)",
                remedy: "see the daemon's log")
        }
    }
}
