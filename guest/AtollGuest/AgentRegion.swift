// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// The agent's service for one region: this member's processes of the jobs on its board.
final class AgentRegion {
    let member: Membership
    private let board: JobBoard
    private let directory: Directory
    private let account: Account?
    private let log: AgentLog
    /// By the board's slots: a slot's next job waits until the process of the last one is over.
    private var processes: [JobProcess?]
    private var watches: [LauncherWatch?]
    private var beaten: UInt64 = 0
    private var attention: UInt64 = 0
    /// When the launchers last wanted something, or a process here ended: more may follow soon.
    private var activitySeen: UInt64 = 0
    private var isClosing = false

    private static var beat: UInt64 { 100_000_000 }

    init(_ member: Membership, account: Account?, log: AgentLog) {
        self.member = member
        self.account = account
        self.log = log
        board = JobBoard(member.region)
        directory = Directory(
            MemberLiveness(
                region: member.region, slot: member.slot, incarnation: member.incarnation))
        processes = (0..<board.slots).map { _ in nil }
        watches = (0..<board.slots).map { _ in nil }
    }

    var name: [UInt8] { member.region.identity.regionName }
    private var running: [JobProcess] { processes.compactMap { $0 } }
    var descriptors: [Int32] { running.flatMap { $0.descriptors } }
    var writingDescriptors: [Int32] { running.flatMap { $0.writingDescriptors } }

    /// How long the agent may sleep, in milliseconds, if nothing wakes it.
    func patience(now: UInt64) -> Int {
        if running.contains(where: { $0.isBlocked(now: now) }) { return 2 }
        // What processes write, and their end, wakes the agent. It looks for what the launcher wants,
        // less often the longer that has wanted nothing; and while a program runs, which has a better
        // use for the processor: what is wanted then is an input or a signal.
        let quiet = now - activitySeen
        let part: UInt64 = running.isEmpty ? 32_000_000 : 8_000_000
        return min(max(Int(clamping: quiet / part), 2), quiet < 2_000_000_000 ? 20 : 50)
    }

    /// One round. `false` when this region is to be let go, and nothing of ours uses it any more.
    func serve(now: UInt64) -> Bool {
        if !isClosing { close(because: member.fate) }
        if now - beaten >= Self.beat, !isClosing {
            beaten = now
            member.beat()
            directory.reclaimLock()
        }
        let attention = member.region.attention(slot: member.slot)
        if attention != self.attention {
            self.attention = attention
            activitySeen = now
        }
        for index in processes.indices {
            if !isClosing { look(index, now) }
            advance(index, now)
        }
        return !(isClosing && running.isEmpty)
    }

    /// Ends the jobs here, so that the region can be let go.
    func beginClosing() { isClosing = true }

    /// The device is no longer there: what is mapped reads as zeros, or soon as something else.
    func unplugged() {
        if !isClosing { close(because: .gone) }
    }

    private func close(because fate: Membership.Fate) {
        switch fate {
        case .holds: return
        case .draining: log.say("\(name): the host wants the region back")
        case .gone:
            log.say("\(name): the region is gone; its jobs are killed")
            // They would compute with zeros from here on.
            for process in running { process.kill() }
        case .revoked: log.say("\(name): slot \(member.slot) is no longer this VM's")
        }
        isClosing = true
    }

    /// What the board says of one of its slots.
    private func look(_ index: Int, _ now: UInt64) {
        let (ticket, state) = board.look(index)
        guard state != .free else {
            watches[index] = nil
            return
        }
        var watch = watches[index] ?? LauncherWatch(ticket, now: now)
        if watch.ticket != ticket { watch = LauncherWatch(ticket, now: now) }
        let isGone = watch.isGone(state, on: board, now: now)
        watches[index] = watch
        if isGone, state == .posted {
            log.say("\(name): job \(ticket.number): its launcher is gone; stopping it")
            board.stop(ticket)
        }
        if state != .claimed, processes[index] == nil { take(ticket, state) }
        if isGone, processes[index] == nil, board.reap(ticket) {
            log.say("\(name): job \(ticket.number): cleared away")
        }
        if isGone { processes[index]?.discardOutput() }
    }

    /// Starts this member's part, or ends it where it is too late for that.
    private func take(_ ticket: JobTicket, _ state: JobState) {
        guard let place = JobPlace(ticket, on: board, of: member) else { return }
        switch board.part(ticket, rank: place.rank).state {
        case .wanted where state == .posted: start(place)
        case .wanted:
            _ = board.advance(
                ticket, rank: place.rank, from: .wanted, to: .exited,
                status: UInt32(Signal.terminate))
        case .running:
            // An agent before this one started it, and it was to die with that agent.
            guard ProcessLeftovers(place, member).kill() == 0 else { return }
            log.say("\(name): job \(ticket.number): ended with an earlier agent")
            _ = board.advance(
                ticket, rank: place.rank, from: .running, to: .exited,
                status: UInt32(Signal.kill))
        case .none, .exited, .refused: break
        }
    }

    private func start(_ place: JobPlace) {
        do {
            let process = try JobProcess(place, board, member, account: account)
            processes[place.ticket.index] = process
            log.say(
                "\(name): job \(place.ticket.number): rank \(place.rank) of \(place.vms), process \(process.pid)"
            )
        } catch {
            log.say("\(name): job \(place.ticket.number): refused: \(error)")
            _ = board.advance(
                place.ticket, rank: place.rank, from: .wanted, to: .refused,
                status: UInt32(error.code))
        }
    }

    private func advance(_ index: Int, _ now: UInt64) {
        guard let process = processes[index] else { return }
        let ticket = process.place.ticket
        switch board.state(ticket) {
        case .posted where !isClosing: process.passSignal()
        case .posted, .stopping: process.stop(now: now)
        case .free, .claimed:
            process.discardOutput()
            process.stop(now: now)
        }
        if isClosing { process.discardOutput() }
        switch process.advance() {
        case .goesOn: return
        case .refused(let error): log.say("\(name): job \(ticket.number): refused: \(error)")
        case .ended(let status):
            log.say(
                "\(name): job \(ticket.number): process \(process.pid) ended: \(status.shellCode)")
        }
        processes[index] = nil
        activitySeen = now
        _ = ProcessLeftovers(process.place, member).kill()
        directory.reclaim()
    }
}
