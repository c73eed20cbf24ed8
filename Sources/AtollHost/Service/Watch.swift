// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
import Logging

/// What the watch has seen, to tell what is new. Kept per region and slot, so bounded.
struct Sightings: Sendable {
    struct Place: Hashable, Sendable {
        let region: UUID
        let slot: Int
    }
    var joined: [Place: UInt64] = [:]
    /// Jobs that are not this daemon's and are half posted: since when.
    var claimed: [UUID: [UInt64: ContinuousClock.Instant]] = [:]
    /// Regions whose header was mended, which is told once.
    var ruined: Set<UUID> = []
    /// How often regions were looked at, for tests of what a look costs.
    var looks = 0
}

extension HostService {
    /// Runs until cancelled: first settles what an earlier daemon left, then follows the hypervisor
    /// and the regions.
    public func run() async {
        let events = await hypervisor.events()
        await withTaskGroup { group in
            group.addTask { for await event in events { await self.handle(event) } }
            group.addTask { await self.watch() }
            group.addTask {
                while !Task.isCancelled {
                    await self.reconcileAll()
                    await self.keepBackup()
                    let settled = await self.isSettled
                    let pause = settled ? self.configuration.reconcileInterval : .milliseconds(200)
                    try? await Task.sleep(for: pause)
                }
            }
        }
    }

    /// Refuses new work, ends the jobs of this daemon and waits for them, but not for ever.
    public func stop() async {
        isStopping = true
        for job in jobs.values { job.stop() }
        let end = ContinuousClock.now + .seconds(5)
        while !jobs.isEmpty || transfers > 0, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for follower in followers.values { follower.maker.finish() }
        await keepBackup()
    }

    /// A copy of the ledger, should it be damaged one day. Where it cannot be kept, the older one stays.
    private func keepBackup() async {
        let ledger = ledger
        do throws(LedgerError) {
            try await blocking { () throws(LedgerError) in try ledger.backUp() }
        } catch {
            logger.warning(
                "the ledger's backup cannot be kept", metadata: ["reason": "\(error.reason)"])
        }
    }

    private func watch() async {
        while !Task.isCancelled {
            await lookAtRegions()
            await lookForStuckJobs()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    func lookAtRegions() async {
        for (number, (id, region)) in mapped.enumerated() {
            look(at: region, id)
            // Whoever waits for the service waits for a few regions, not for all there are.
            if number % 16 == 15 { await Task.yield() }
        }
    }

    /// Bounded work, whatever a guest wrote: 64 slots, the board's slots, and one job that is cleared
    /// away, which goes through the rings and the directory. Ten times a second.
    private func look(at region: MappedRegion, _ id: UUID) {
        seen.looks += 1
        region.beatHost()
        lookForJoins(region, id)
        let board = JobBoard(region)
        var hasReaped = false
        for index in 0..<board.slots {
            let (ticket, state) = board.look(index)
            if state == .free || isOurs(ticket, on: id) { continue }
            if state == .claimed {
                hasReaped = forget(claimed: ticket, board, id, hasReaped) || hasReaped
            } else {
                hasReaped = forget(orphan: ticket, board, hasReaped) || hasReaped
            }
        }
    }

    private func lookForJoins(_ region: MappedRegion, _ id: UUID) {
        for slot in 0..<RegionLayout.memberSlots where region.hasJoined(slot: slot) {
            let place = Sightings.Place(region: id, slot: slot)
            let incarnation = region.presence(slot).incarnation
            if seen.joined.updateValue(incarnation, forKey: place) == incarnation { continue }
            guard let state = groupOf(region: id),
                let row = state.regions.first(where: { $0.id == id }),
                let member = state.members.first(where: { $0.slot == slot }),
                // The slot's line of the host could have been overwritten.
                UInt64(clamping: member.incarnation) == incarnation
            else { continue }
            recordOfGuest(
                id, "member.joined", state.group, member.name,
                "\(member.title) has joined region \(row.name)")
        }
    }

    func groupOf(region: UUID) -> GroupState? {
        guard let name = try? ledger.groupName(ofRegion: region) else { return nil }
        return try? ledger.groupState(name)
    }

    /// A job of an earlier daemon, or of a launcher whose VM is lost: stopped, and freed when over.
    ///
    /// - Returns: whether it was freed. Not where another was in this look.
    private func forget(orphan ticket: JobTicket, _ board: JobBoard, _ hasReaped: Bool) -> Bool {
        let launcher = board.launcher(ticket)
        if let slot = launcher.slot,
            board.region.isAlive(slot: slot, incarnation: launcher.incarnation)
        {
            return false
        }
        board.stop(ticket)
        return !hasReaped && board.reap(ticket)
    }

    /// A slot that a launcher claimed and never posted. Filling one takes microseconds; only a dead
    /// launcher needs the lease.
    private func forget(
        claimed ticket: JobTicket, _ board: JobBoard, _ id: UUID, _ hasReaped: Bool
    ) -> Bool {
        let now = ContinuousClock.now
        let since = seen.claimed[id]?[ticket.number] ?? now
        if seen.claimed[id, default: [:]].count > 4 * board.slots { seen.claimed[id] = [:] }
        seen.claimed[id, default: [:]][ticket.number] = since
        guard now - since > configuration.lease, !hasReaped else { return false }
        seen.claimed[id]?[ticket.number] = nil
        return board.reap(ticket)
    }
}
