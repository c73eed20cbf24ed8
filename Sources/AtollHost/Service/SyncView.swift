// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion

extension HostService {
    /// Who holds and who waits for the named objects of the group's regions, right now. Reads only what
    /// guests wrote, with bounded work.
    public func syncReport(of group: String, as caller: Caller) async throws(APIError) -> SyncReport
    {
        let state = try state(of: group, for: caller)
        let vms = SyncView.names(of: state.members)
        var objects: [SyncObject] = []
        var teams: [TeamState] = []
        for row in state.regions.sorted(by: { $0.name < $1.name }) {
            guard let region = mapped[row.id] else { continue }
            let view = SyncView(region, named: row.name, vms: vms, bound: configuration.stuckBound)
            objects += view.syncObjects
            teams += view.teamStates
        }
        return SyncReport(group: state.group.name, objects: objects, teams: teams)
    }
}

/// One region's objects and teams in the words of the API.
///
/// A rogue may fill the directory with locks and teams that all name one another: everything is read
/// once and put in order, and no list is gone through for each entry of another.
struct SyncView {
    let name: String
    private let region: MappedRegion
    private let objects: [ObjectRecord]
    private let teams: [TeamRecord]
    private let vms: [Int: String]
    private let bound: UInt64
    /// Names by where the objects lie.
    private let named: [UInt64: String]
    /// Threads, as places in `teams` and `threads`, by the offset that they say they wait for, the
    /// longest wait first.
    private let waiting: [UInt64: [Place]]
    private let owners: [OwnerKey: Place]
    /// Jobs on the board: what is known of their threads' slots.
    private let jobs: [UInt64: JobTicket]
    private let members: [MemberRecord]

    private struct Place {
        let team: Int
        let rank: Int
    }
    private struct OwnerKey: Hashable {
        let slot: Int
        let incarnation: UInt64
        let thread: UInt64
        init(_ owner: OwnerName) {
            slot = owner.slot
            incarnation = owner.incarnation
            thread = owner.thread
        }
    }

    /// How many threads a list names, and how many are looked at in all.
    static let listed = 64
    static let looked = 4 * 4096

    /// The members' names by slot, by the ledger's word.
    static func names(of members: [MemberRow]) -> [Int: String] {
        Dictionary(members.map { ($0.slot, $0.name) }) { first, _ in first }
    }

    /// - Parameters:
    ///   - vms: names of the members, by slot.
    ///   - bound: how long threads wait at a barrier before it counts as stuck.
    init(_ region: MappedRegion, named name: String, vms: [Int: String], bound: Duration) {
        self.name = name
        self.region = region
        self.vms = vms
        self.bound = UInt64(bound / .nanoseconds(1))
        objects = region.objects
        let teams = Self.teams(region, objects)
        var waiting: [UInt64: [Place]] = [:]
        var owners: [OwnerKey: Place] = [:]
        for (index, team) in teams.enumerated() {
            for thread in team.threads {
                let place = Place(team: index, rank: thread.rank)
                if let owner = thread.owner, owners[OwnerKey(owner)] == nil {
                    owners[OwnerKey(owner)] = place
                }
                if thread.waitingOn != 0 { waiting[thread.waitingOn, default: []].append(place) }
            }
        }
        let longestFirst = { (a: Place, b: Place) in
            teams[a.team].threads[a.rank].waiting > teams[b.team].threads[b.rank].waiting
        }
        self.waiting = waiting.mapValues { Array($0.sorted(by: longestFirst).prefix(Self.listed)) }
        self.teams = teams
        self.owners = owners
        named = Dictionary(
            objects.map { (UInt64($0.offset), GuestText($0.name).shown) }
        ) { first, _ in first }
        members = (0..<RegionLayout.memberSlots).map { region.member($0) }
        let board = JobBoard(region)
        let running = (0..<board.slots).map { board.look($0) }.filter { $0.state != .free }
        jobs = Dictionary(running.map { ($0.ticket.number, $0.ticket) }) { first, _ in first }
    }

    private static func teams(_ region: MappedRegion, _ objects: [ObjectRecord]) -> [TeamRecord] {
        var threads = 0
        var teams: [TeamRecord] = []
        for object in objects where object.kind == .team && threads < looked {
            guard let team = region.team(object) else { continue }
            threads += team.size
            teams.append(team)
        }
        return teams
    }

    /// Whether ``stuckTeams(most:)`` would find one.
    static func hasStuckTeam(_ region: MappedRegion, bound: Duration) -> Bool {
        let bound = UInt64(bound / .nanoseconds(1))
        return teams(region, region.objects).contains { $0.isStuck(bound: bound) }
    }

    // MARK: Objects

    var syncObjects: [SyncObject] {
        // Of entries for one place only the first lists who waits there.
        var told: Set<Int> = []
        return objects.compactMap { region.sync($0) }
            .map { view($0, isFirst: told.insert($0.object.offset).inserted) }
            .sorted { $0.name < $1.name }
    }

    private func view(_ record: SyncRecord, isFirst: Bool) -> SyncObject {
        let places = isFirst ? waiting[UInt64(record.object.offset)] ?? [] : []
        let figures = record.figures
        return SyncObject(
            region: name, name: GuestText(record.object.name).shown, kind: "\(record.kind.name)",
            job: record.object.job == 0 ? nil : record.object.job,
            acquisitions: figures.acquisitions, contended: figures.contended,
            waited: figures.waitNanoseconds, waits: figures.waits,
            waitMedian: figures.wait(percent: 50), wait99: figures.wait(percent: 99),
            waiters: figures.waiters, deaths: figures.deaths, poisoned: record.isPoisoned,
            holder: record.holder.map(holder), waiting: places.map(view))
    }

    /// The holder, with its rank where it is of a team here.
    private func holder(_ owner: OwnerName) -> SyncThread {
        if let place = owners[OwnerKey(owner)] { return view(place) }
        return SyncThread(
            vm: vm(owner.slot), slot: owner.slot, thread: owner.thread,
            lost: owner.isLost(members))
    }

    // MARK: Teams

    var teamStates: [TeamState] {
        teams.indices.map(state).sorted { $0.name < $1.name }
    }

    /// The teams at whose barrier some wait for long and others do not come.
    func stuckTeams(most: Int) -> [TeamState] {
        teams.indices.lazy.filter { teams[$0].isStuck(bound: bound) }.prefix(most).map(state)
    }

    private func state(_ index: Int) -> TeamState {
        let team = teams[index]
        let arrived = team.arrived
        let missing = arrived.isEmpty ? [] : team.missing
        let waiting = team.threads.filter { $0.waitingOn != 0 }
            .sorted { $0.waiting > $1.waiting }.prefix(Self.listed)
        func view(_ thread: TeamThreadRecord) -> SyncThread {
            self.view(Place(team: index, rank: thread.rank))
        }
        return TeamState(
            region: name, name: GuestText(team.object.name).shown,
            job: team.object.job == 0 ? nil : team.object.job, vms: team.vms,
            threadsPerVM: team.threadsPerVM, threads: team.size, arrived: arrived.count,
            stuck: team.isStuck(bound: bound), missing: missing.prefix(Self.listed).map(view),
            missingCount: missing.count, waiting: waiting.map(view))
    }

    private func view(_ place: Place) -> SyncThread {
        let team = teams[place.team]
        let thread = team.threads[place.rank]
        let slot = thread.owner?.slot ?? slot(of: thread.rank, in: team)
        let waits = thread.waitingOn != 0
        return SyncThread(
            vm: vm(slot), slot: slot, thread: thread.owner?.thread ?? 0, rank: thread.rank,
            lost: thread.owner?.isLost(members) ?? false, waited: waits ? thread.waiting : nil,
            waitsFor: waits ? named[thread.waitingOn] ?? "offset \(thread.waitingOn)" : nil)
    }

    /// Where a thread that does not say so belongs: by the job's list of members.
    private func slot(of rank: Int, in team: TeamRecord) -> Int {
        let board = JobBoard(region)
        guard team.threadsPerVM > 0, let ticket = jobs[team.object.job] else {
            return RegionLayout.memberSlots
        }
        let vm = rank / team.threadsPerVM
        guard vm < board.parts(ticket) else { return RegionLayout.memberSlots }
        return min(board.part(ticket, rank: vm).slot, RegionLayout.memberSlots)
    }

    private func vm(_ slot: Int) -> String { vms[slot] ?? "slot \(slot)" }
}
