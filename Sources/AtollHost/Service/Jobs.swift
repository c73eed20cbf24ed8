// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
import AtollSystem
public import Foundation

extension HostService {
    /// Starts the job and gives its events; the last is `finished`. Ending the iteration early stops
    /// the job.
    public func run(_ spec: JobSpec, in group: String, as caller: Caller)
        async throws(APIError) -> Followed<JobEvent>
    {
        if isStopping {
            throw APIError(
                code: .shuttingDown, message: "the daemon is stopping", remedy: "try later")
        }
        let state = try state(of: group, for: caller)
        try check(spec)
        let row = try choose(spec.region, in: state)
        guard let region = mapped[row.id], row.state == .ready else {
            throw APIError(
                code: .noSuchRegion,
                message: refused.contains(row.id)
                    ? "the region has the layout of another version of atolld"
                    : "the region is not ready", value: row.name,
                remedy: "`atoll region show \(group) \(row.name)` tells its state")
        }
        let members = try choose(spec, state, row)
        try checkJobs(of: group)
        let launch = try post(spec, members, JobBoard(region))
        step(.jobPosted)
        lastJob += 1
        let job = Job(
            id: lastJob, group: group, region: row.name, arguments: spec.arguments,
            vms: members.map { $0.name }, started: configuration.now())
        let running = RunningJob(
            job, region: row.id, groupOwner: UInt32(clamping: state.group.owner), launch,
            survivesLoss: spec.onLoss == .continue,
            report: spec.report == true ? report(on: region, row.name, job, launch.ticket) : nil)
        jobs[job.id] = running
        record(
            "job.started", state.group, "\(job.id)",
            "job \(job.id) started on \(job.vms.joined(separator: ", "))")
        return stream(running, state.group)
    }

    /// How the named objects of a job were used, and what the threads of an OpenMP program did.
    private func report(on region: MappedRegion, _ name: String, _ job: Job, _ ticket: JobTicket)
        -> @Sendable () -> JobEvent
    {
        let bound = configuration.stuckBound
        let state = try? ledger.groupState(job.group)
        let names = state.map { SyncView.names(of: $0.members) } ?? [:]
        return {
            let objects = SyncView(region, named: name, vms: names, bound: bound).syncObjects
            return .report(
                objects.filter { $0.job == ticket.number },
                openMP: region.openMP(job: ticket.number).map { OpenMPReport($0, vms: job.vms) })
        }
    }

    /// Its jobs, of this daemon: each has a task and a stream, beside its place on a board.
    private func checkJobs(of group: String) throws(APIError) {
        let running = jobs.values.count { $0.job.group == group }
        guard running >= configuration.jobsPerGroup else { return }
        throw APIError(
            code: .tooManyJobs,
            message: "\(running) jobs run in the group, the most that the daemon allows",
            value: group, remedy: "wait for one to end, or raise the setting jobsPerGroup")
    }

    private func stream(_ running: RunningJob, _ group: GroupRow) -> Followed<JobEvent> {
        let (stream, maker) = Followed<JobEvent>.make()
        maker.onHangUp { running.stop() }
        Task {
            let status = await running.follow(maker)
            jobs[running.job.id] = nil
            record(
                "job.finished", group, "\(running.job.id)",
                "job \(running.job.id) finished with status \(status)")
            maker.finish()
        }
        return stream
    }

    public func jobs(of group: String, as caller: Caller) async throws(APIError) -> [Job] {
        let state = try state(of: group, for: caller)
        return jobs.values.map { $0.job }.filter { $0.group == state.group.name }
            .sorted { $0.id < $1.id }
    }

    public func signalJob(_ id: UInt64, in group: String, signal: Int, as caller: Caller)
        async throws(APIError)
    {
        let running = try running(id, in: group, for: caller)
        guard (1...31).contains(signal) else {
            throw APIError(
                code: .badRequest, message: "not a signal number", value: "\(signal)",
                remedy: "use 1 to 31")
        }
        running.send(signal: Int32(signal))
    }

    /// More of the standard input of an OpenMP program. Returns when the program's VM has room for it.
    public func writeInput(
        _ data: Data, end: Bool, job id: UInt64, in group: String, as caller: Caller
    )
        async throws(APIError)
    {
        let running = try running(id, in: group, for: caller)
        guard await running.write(data, end: end) else {
            throw APIError(
                code: .noSuchJob, message: "the job reads no input, or not any more",
                value: "\(id)",
                remedy: "wait for its event `openmp`: only OpenMP programs read input")
        }
    }

    private func running(_ id: UInt64, in group: String, for caller: Caller)
        throws(APIError) -> RunningJob
    {
        _ = try state(of: group, for: caller)
        guard let running = jobs[id], running.job.group == group else {
            throw APIError(
                code: .noSuchJob, message: "no such job runs", value: "\(id)",
                remedy: "`atoll status` shows the jobs")
        }
        return running
    }

    private func check(_ spec: JobSpec) throws(APIError) {
        guard let program = spec.arguments.first, !program.isEmpty else {
            throw APIError(
                code: .badRequest, message: "no program to run",
                remedy: "name it after `--`, as in `atoll run GROUP -- hostname`")
        }
        for (what, value) in [("vms", spec.vms), ("threadsPerVM", spec.threadsPerVM)] {
            guard let value, !(1...4096).contains(value) else { continue }
            throw APIError(
                code: .badRequest, message: "\(what) is between 1 and 4096", value: "\(value)",
                remedy: "give another number, or leave it out")
        }
        if let bad = spec.environment.keys.first(where: { $0.isEmpty || $0.contains("=") }) {
            throw APIError(
                code: .badRequest, message: "not a name for an environment variable", value: bad,
                remedy: "use NAME=VALUE")
        }
    }

    private func choose(_ name: String?, in state: GroupState) throws(APIError) -> RegionRow {
        if let name { return try find(name, in: state) }
        if state.regions.count == 1 { return state.regions[0] }
        throw APIError(
            code: .ambiguousRegion,
            message: "the group has \(state.regions.count) regions and the job needs one",
            value: state.regions.map { $0.name }.joined(separator: ", "),
            remedy: state.regions.isEmpty
                ? "make one with `atoll region create \(state.group.name) NAME --size 64M`"
                : "name one with --region")
    }

    private func choose(_ spec: JobSpec, _ state: GroupState, _ row: RegionRow) throws(APIError)
        -> [MemberRow]
    {
        let joined = state.members.filter { hasJoined($0, row.id) && !$0.leaving }
        guard !joined.isEmpty else {
            throw APIError(
                code: .noMembersJoined, message: "no member has joined region \(row.name)",
                value: state.group.name,
                remedy: "start the VMs, and see that atoll-agent runs in them")
        }
        let wanted = spec.vms ?? joined.count
        guard wanted <= joined.count else {
            throw APIError(
                code: .tooFewMembers, message: "\(joined.count) members have joined",
                value: "\(wanted) wanted", remedy: "start more VMs, or ask for fewer with --vms")
        }
        return Array(joined.prefix(wanted))
    }

    private func post(_ spec: JobSpec, _ members: [MemberRow], _ board: JobBoard)
        throws(APIError) -> JobLaunch
    {
        var environment = spec.environment
        // The threads of an OpenMP program keep figures where somebody wants them.
        if spec.report == true { environment["ATOLL_OPENMP_REPORT"] = "1" }
        let request = JobRequest(
            payload: JobPayload(
                directory: Array((spec.directory ?? "").utf8),
                arguments: spec.arguments.map { Array($0.utf8) },
                environment: environment.sorted { $0.key < $1.key }
                    .map { Array("\($0.key)=\($0.value)".utf8) }),
            members: members.map { ($0.slot, UInt64(clamping: $0.incarnation)) },
            threadsPerVM: spec.threadsPerVM ?? 0, survivesLoss: spec.onLoss == .continue)
        let lease = UInt64(configuration.lease / .milliseconds(1))
        let launcher = JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: lease)
        do throws(JobBoardError) {
            return try JobLaunch(request, on: board, from: launcher, now: MonotonicClock.now())
        } catch { throw error.api }
    }

    // MARK: Jobs in the way of other operations

    func isOurs(_ ticket: JobTicket, on region: UUID) -> Bool {
        jobs.values.contains { $0.region == region && $0.ticket == ticket }
    }

    /// How many jobs, of whatever launcher, are on the board.
    func jobsOn(board region: MappedRegion) -> Int {
        let board = JobBoard(region)
        return (0..<board.slots).count { board.look($0).state != .free }
    }

    func isBusy(_ member: MemberRow, in state: GroupState) -> Bool {
        state.regions.contains { row in
            mapped[row.id].map { !tickets(on: $0, with: member).isEmpty } ?? false
        }
    }

    private func tickets(on region: MappedRegion, with member: MemberRow) -> [JobTicket] {
        let board = JobBoard(region)
        return (0..<board.slots).compactMap { index in
            let (ticket, state) = board.look(index)
            guard state == .posted || state == .stopping,
                board.rank(
                    of: member.slot, incarnation: UInt64(clamping: member.incarnation), in: ticket)
                    != nil
            else { return nil }
            return ticket
        }
    }

    func stopJobs(on region: MappedRegion, with member: MemberRow) {
        for ticket in tickets(on: region, with: member) { JobBoard(region).stop(ticket) }
    }
}

extension JobBoardError {
    var api: APIError {
        switch self {
        case .boardFull(let slots):
            APIError(
                code: .tooManyJobs,
                message: "\(slots) jobs run on the region, the most it can hold",
                remedy: "wait for one to end")
        case .ringsExhausted(let needed):
            APIError(
                code: .tooManyJobs,
                message: "the region cannot carry the output of \(needed) more VMs",
                remedy: "wait for a job to end, or make the region at least 16 MiB")
        case .payloadTooLarge(let bytes, let available):
            APIError(
                code: .jobTooLarge,
                message:
                    "arguments and environment are longer than \(ByteSize(bytes: UInt64(available)))",
                value: "\(ByteSize(bytes: UInt64(bytes)))",
                remedy: "pass a file instead, or make the region at least 16 MiB")
        case .badPayload:
            APIError(
                code: .badRequest, message: "an argument or variable holds a NUL byte",
                remedy: "leave it out")
        }
    }
}
