// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion

extension HostService {
    /// Who holds and who waits for the named objects of the group's regions, right now. Reads only what
    /// guests wrote, with bounded work.
    public func syncReport(of group: String, as caller: Caller) async throws(APIError) -> SyncReport
    {
        let state = try state(of: group, for: caller)
        var objects: [SyncObject] = []
        var teams: [TeamState] = []
        for row in state.regions.sorted(by: { $0.name < $1.name }) {
            guard let region = mapped[row.id] else { continue }
            let view = SyncView(region, named: row.name, bound: configuration.stuckBound)
            objects += view.syncObjects
            teams += view.teamStates
        }
        return SyncReport(group: state.group.name, objects: objects, teams: teams)
    }
}

/// One region's objects and teams in the words of the API.
struct SyncView {
    let name: String
    private let region: MappedRegion
    private let objects: [ObjectRecord]
    let teams: [TeamRecord]
    private let bound: UInt64

    /// How many threads a list names, and how many are looked at in all.
    private static let listed = 64
    private static let looked = 4 * 4096

    /// - Parameter bound: how long threads wait at a barrier before it counts as stuck.
    init(_ region: MappedRegion, named name: String, bound: Duration) {
        self.name = name
        self.region = region
        self.bound = UInt64(bound / .nanoseconds(1))
        objects = region.objects
        var threads = 0
        var teams: [TeamRecord] = []
        for object in objects where threads < Self.looked {
            guard let team = region.team(object) else { continue }
            threads += team.size
            teams.append(team)
        }
        self.teams = teams
    }

    // MARK: Objects

    var syncObjects: [SyncObject] {
        objects.compactMap { region.sync($0) }.map(view).sorted { $0.name < $1.name }
    }

    private func view(_ record: SyncRecord) -> SyncObject {
        let offset = UInt64(record.object.offset)
        let waiting = teams.flatMap { team in
            team.threads.filter { $0.waitingOn == offset }.map { view($0, of: team) }
        }
        let figures = record.figures
        return SyncObject(
            region: name, name: text(record.object.name), kind: "\(record.kind.name)",
            job: record.object.job == 0 ? nil : record.object.job,
            acquisitions: figures.acquisitions, contended: figures.contended,
            waited: figures.waitNanoseconds, waits: figures.waits,
            waitMedian: figures.wait(percent: 50), wait99: figures.wait(percent: 99),
            waiters: figures.waiters, deaths: figures.deaths, poisoned: record.isPoisoned,
            holder: record.holder.map(holder), waiting: longestFirst(waiting))
    }

    /// The holder, with its rank where it is of a team here.
    private func holder(_ owner: OwnerName) -> SyncThread {
        for team in teams {
            if let thread = team.threads.first(where: { $0.owner == owner }) {
                return view(thread, of: team)
            }
        }
        return SyncThread(
            vm: vm(owner.slot), slot: owner.slot, thread: owner.thread,
            lost: owner.isLost(in: region))
    }

    // MARK: Teams

    var teamStates: [TeamState] { teams.map(view).sorted { $0.name < $1.name } }

    func view(_ team: TeamRecord) -> TeamState {
        let arrived = team.arrived
        let missing = arrived.isEmpty ? [] : team.missing
        return TeamState(
            region: name, name: text(team.object.name),
            job: team.object.job == 0 ? nil : team.object.job, vms: team.vms,
            threadsPerVM: team.threadsPerVM, threads: team.size, arrived: arrived.count,
            stuck: isStuck(team),
            missing: missing.prefix(Self.listed).map { view($0, of: team) },
            missingCount: missing.count,
            waiting: longestFirst(
                team.threads.filter { $0.waitingOn != 0 }.map { view($0, of: team) }))
    }

    func isStuck(_ team: TeamRecord) -> Bool { team.isStuck(bound: bound) }

    private func view(_ thread: TeamThreadRecord, of team: TeamRecord) -> SyncThread {
        let slot = thread.owner?.slot ?? slot(of: thread.rank, in: team)
        let waits = thread.waitingOn != 0
        return SyncThread(
            vm: vm(slot), slot: slot, thread: thread.owner?.thread ?? 0, rank: thread.rank,
            lost: thread.owner?.isLost(in: region) ?? false, waited: waits ? thread.waiting : nil,
            waitsFor: waits ? object(at: thread.waitingOn) : nil)
    }

    /// Where a thread that does not say so belongs: by the job's list of members.
    private func slot(of rank: Int, in team: TeamRecord) -> Int {
        let board = JobBoard(region)
        guard team.threadsPerVM > 0, let ticket = board.ticket(ofNumber: team.object.job) else {
            return RegionLayout.memberSlots
        }
        let vm = rank / team.threadsPerVM
        guard vm < board.parts(ticket) else { return RegionLayout.memberSlots }
        return min(board.part(ticket, rank: vm).slot, RegionLayout.memberSlots)
    }

    private func vm(_ slot: Int) -> String {
        guard slot < RegionLayout.memberSlots else { return "slot \(slot)" }
        let name = region.member(slot).name
        return name.isEmpty ? "slot \(slot)" : text(name)
    }

    private func object(at offset: UInt64) -> String {
        objects.first { UInt64($0.offset) == offset }.map { text($0.name) } ?? "offset \(offset)"
    }

    private func longestFirst(_ threads: [SyncThread]) -> [SyncThread] {
        Array(threads.sorted { ($0.waited ?? 0) > ($1.waited ?? 0) }.prefix(Self.listed))
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
