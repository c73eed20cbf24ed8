// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollSystem
import Foundation
import Synchronization

/// A job of this daemon while it runs: polls its launch, tells its events.
final class RunningJob: Sendable {
    let job: Job
    let region: UUID
    let groupOwner: UInt32
    let ticket: JobTicket
    private let vms: [String]
    private let survivesLoss: Bool
    private let launch: Mutex<JobLaunch>
    /// What to tell when it is over; `nil`: nothing.
    private let report: (@Sendable () -> JobEvent)?
    private let isStopped = Atomic(false)
    private let input = Mutex(Input())
    private let clock = Mutex(Clock())

    /// A clock that stands still while the VMs do: their agents are then silent and not dead. The job is
    /// polled all the same, so that the agents find its launcher alive.
    private struct Clock {
        var standing: UInt64?
        var lost: UInt64 = 0

        var now: UInt64 { (standing ?? MonotonicClock.now()) - lost }
    }

    private struct Input {
        var ring: JobInput?
        var isOver = false
    }

    init(
        _ job: Job, region: UUID, groupOwner: UInt32, _ launch: JobLaunch, survivesLoss: Bool,
        report: (@Sendable () -> JobEvent)? = nil
    ) {
        self.report = report
        self.survivesLoss = survivesLoss
        self.job = job
        self.region = region
        self.groupOwner = groupOwner
        self.vms = job.vms
        ticket = launch.ticket
        self.launch = Mutex(launch)
    }

    /// Quick while something happens, at ease while nothing does: what a long job's host processor does
    /// for us, it does not do for the job. So news is at most an eighth older than it must be.
    private static func pause(afterQuiet quiet: Duration) -> Duration {
        let longest = Duration.milliseconds(quiet < .seconds(2) ? 16 : 50)
        return min(max(quiet / 8, .milliseconds(1)), longest)
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// While the job's VMs stand still.
    func hold(_ held: Bool) {
        clock.withLock { clock in
            let now = MonotonicClock.now()
            if held {
                clock.standing = clock.standing ?? now
            } else if let since = clock.standing {
                clock.lost += now - since
                clock.standing = nil
            }
        }
    }

    func send(signal: Int32) { launch.withLock { $0.send(signal: signal) } }

    /// Bytes of output that wait for who follows the job, at most; then its processes wait.
    static let mostUntaken = 4 << 20

    /// Polls until the job is over, and gives its status. `maker` gets every event; when nobody listens
    /// any more the job is stopped, and still followed to its end. Not on the service's actor: what the
    /// job's processes write is theirs to choose, and other groups wait for that actor.
    @concurrent
    func follow(_ maker: Followed<JobEvent>.Maker) async -> Int {
        var verdict = JobVerdict(survivesLoss: survivesLoss)
        var isHeard = true
        func yield(_ event: JobEvent) -> Bool {
            // Where nobody listens nothing is kept.
            isHeard = isHeard && maker.yield(event, weight: event.weight)
            return isHeard
        }
        _ = yield(.started(job))
        var lastEvent = ContinuousClock.now
        while true {
            if isStopped.exchange(false, ordering: .relaxed) { launch.withLock { $0.stop() } }
            let hasRoom = !isHeard || maker.backlog.now < Self.mostUntaken
            let (events, state) = launch.withLock { launch in
                let events = launch.poll(
                    now: clock.withLock { $0.now }, takesOutput: hasRoom)
                return (events, launch)
            }
            var bytes = 0
            for event in events {
                if case .output(_, _, let text) = event { bytes += text.count }
                if event == .beganOpenMP(rank: 0) { openInput() }
                for told in verdict.add(event, vms, rankEndedBy: state.rank(endedBy:))
                where !yield(told) { stop() }
            }
            if state.isOver { break }
            let now = ContinuousClock.now
            if !events.isEmpty { lastEvent = now }
            // A job brings no more than 64 KiB in a millisecond, whatever its processes write.
            let pause = max(
                Self.pause(afterQuiet: now - lastEvent), .milliseconds(bytes >> 16))
            try? await Task.sleep(for: pause)
        }
        // The objects go with the job.
        if let report { _ = yield(report()) }
        input.withLock { $0.isOver = true }
        launch.withLock { $0.finish() }
        _ = yield(.finished(status: verdict.status, reason: verdict.reason))
        return verdict.status
    }

    // MARK: Input

    private func openInput() {
        let launch = launch.withLock { $0 }
        input.withLock { $0.ring = JobInput(offering: launch.ticket, on: launch.board) }
    }

    /// Brings more of its input to the program, and waits until there is room for all of it.
    ///
    /// - Returns: whether the job reads input, and its program still runs.
    func write(_ data: Data, end: Bool) async -> Bool {
        var rest = [UInt8](data)[...]
        var isEnded = !end
        var pause = Duration.milliseconds(1)
        while !rest.isEmpty || !isEnded {
            let before = rest.count
            let goesOn = input.withLock { input -> Bool in
                guard !input.isOver, var ring = input.ring else { return false }
                defer { input.ring = ring }
                while !rest.isEmpty, ring.write(rest.prefix(ring.most)) {
                    rest = rest.dropFirst(ring.most)
                }
                if rest.isEmpty, !isEnded { isEnded = ring.end() }
                return true
            }
            guard goesOn else { return false }
            if rest.isEmpty, isEnded { break }
            guard (try? await Task.sleep(for: pause)) != nil else { return false }
            pause = rest.count < before ? .milliseconds(1) : min(pause * 2, .milliseconds(50))
        }
        return true
    }
}

extension JobEvent {
    /// What it takes of a follower's room.
    fileprivate var weight: Int {
        if case .output(_, _, let data) = self { data.count + 64 } else { 64 }
    }
}
