// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation

/// What the daemon has said of teams that seem stuck, so that it says it once. Bounded: by the regions
/// and the teams that a region can hold.
struct StuckSightings: Sendable {
    /// By region: the teams, by where their block lies and whose job they are, that were stuck at the
    /// last look.
    var told: [UUID: Set<String>] = [:]
    var lastLook: ContinuousClock.Instant?
    /// How often regions were looked at, for tests of what a look costs.
    var looks = 0
}

extension HostService {
    /// How often to look: a look reads a line for each thread of each team.
    private static var pause: Duration { .seconds(1) }

    /// Records an event for each job whose threads have waited at its barrier for long while others have
    /// not come, and another when they go on.
    func lookForStuckJobs() async {
        let now = ContinuousClock.now
        let pause = min(Self.pause, configuration.stuckBound / 2)
        if let last = stuck.lastLook, now - last < pause { return }
        stuck.lastLook = now
        stuck.told = stuck.told.filter { mapped[$0.key] != nil }
        guestEvents.keep { mapped[$0] != nil }
        for (number, (id, region)) in mapped.enumerated() {
            lookForStuckJobs(on: region, id)
            if number % 16 == 15 { await Task.yield() }
        }
    }

    private func lookForStuckJobs(on region: MappedRegion, _ id: UUID) {
        stuck.looks += 1
        let known = stuck.told[id] ?? []
        // Nothing is asked of the ledger for the many regions where nobody is stuck.
        guard
            !known.isEmpty
                || SyncView.hasStuckTeam(region, bound: configuration.stuckBound),
            let state = groupOf(region: id), let row = state.regions.first(where: { $0.id == id })
        else { return }
        let view = SyncView(
            region, named: row.name, vms: SyncView.names(of: state.members),
            bound: configuration.stuckBound)
        let found = view.stuckTeams(most: Self.stuckAtOnce)
        let names = Set(found.map(\.name))
        stuck.told[id] = names.isEmpty ? nil : names
        guard names != known else { return }
        for team in found where !known.contains(team.name) {
            recordOfGuest(id, "job.stuck", state.group, subject(team, id), team.stuckSentence)
        }
        for name in known.subtracting(names).sorted() {
            recordOfGuest(
                id, "job.unstuck", state.group, name,
                "nobody waits for long any more at barrier \(name) in region \(view.name)")
        }
    }

    /// More teams than boards have jobs.
    private static var stuckAtOnce: Int { 32 }

    /// The daemon's own number of the job, where it started it.
    private func subject(_ team: TeamState, _ region: UUID) -> String {
        let own = jobs.values.first { $0.region == region && $0.ticket.number == team.job }
        return own.map { "\($0.job.id)" } ?? team.name
    }
}
