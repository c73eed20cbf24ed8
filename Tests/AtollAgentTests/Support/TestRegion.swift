// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSystem
import Foundation

/// A region in a file, with members that no VM stands behind; the test plays the host.
final class TestRegion: @unchecked Sendable {
    let path: String
    let region: Region
    var board: JobBoard { JobBoard(region) }

    init(path: String? = nil, bytes: Int = 1 << 20, members: Int = 0, name: String = "r") throws {
        self.path =
            path ?? "/dev/shm/atoll-test.\(getpid()).\(UInt64.random(in: 0 ... .max))"
        let file = try OwnedFD(opening: self.path, [.write, .create])
        try file.setSize(UInt64(bytes))
        region = try Region.format(
            SharedMemory(try Mapping(file, count: bytes)),
            RegionIdentity(
                region: UUID128(high: UInt64.random(in: 0 ... .max), low: 2),
                group: UUID128(high: 3, low: 4), regionName: Array(name.utf8),
                groupName: Array("g".utf8)))
        for member in 0..<members { assign(member) }
    }

    deinit { try? AtollSystem.unlink(path) }

    // Slots are not ranks: where one is taken for the other, a test must fail.
    static func slot(_ member: Int) -> Int { 3 + 2 * member }
    static func vm(_ member: Int) -> UUID128 { UUID128(high: 0xa0, low: UInt64(member)) }

    func assign(_ member: Int, incarnation: UInt64 = 7) {
        region.assign(
            slot: Self.slot(member), vm: Self.vm(member), incarnation: incarnation,
            name: Array("vm\(member)".utf8))
    }

    func lose(_ member: Int) { region.markLost(slot: Self.slot(member)) }
    func hasJoined(_ member: Int) -> Bool { region.hasJoined(slot: Self.slot(member)) }
    func presence(_ member: Int) -> MemberPresence { region.presence(Self.slot(member)) }

    var device: RegionDevice {
        get throws { try RegionDevice.file(Array(path.utf8)) }
    }

    /// Starts a member's agent and waits until it has joined.
    func agent(_ member: Int, _ more: [String] = []) throws -> Program {
        let uuid = String(decoding: Self.vm(member).text, as: UTF8.self)
        let agent = try Program("atoll-agent", ["--region", path, "--uuid", uuid] + more)
        try until("agent \(member) has joined") { hasJoined(member) || !agent.isRunning }
        return agent
    }

    /// Posts a job as the host's daemon would.
    func launch(
        _ program: [String], members: [Int] = [0], environment: [String] = [],
        directory: String = "", threads: Int = 1, lease: UInt64 = 600_000
    ) throws -> TestLaunch {
        let request = JobRequest(
            payload: JobPayload(
                directory: Array(directory.utf8), arguments: program.map { Array($0.utf8) },
                environment: environment.map { Array($0.utf8) }),
            members: members.map { (Self.slot($0), region.member(Self.slot($0)).incarnation) },
            threadsPerVM: threads)
        return TestLaunch(
            try JobLaunch(
                request, on: board,
                from: JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: lease),
                now: MonotonicClock.now()))
    }
}

/// A job that the test itself has posted.
final class TestLaunch {
    var launch: JobLaunch
    var events: [LaunchEvent] = []
    var ticket: JobTicket { launch.ticket }

    init(_ launch: JobLaunch) { self.launch = launch }

    func poll() { events += launch.poll(now: MonotonicClock.now()) }

    /// Polls until the job is over.
    func finish() throws {
        try until("the job is over") {
            poll()
            return launch.isOver
        }
        launch.finish()
    }

    /// What a rank wrote to a stream.
    func output(rank: Int = 0, stream: UInt8 = 1) -> String {
        var bytes: [UInt8] = []
        for case .output(rank, stream, let text) in events { bytes += text }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `wait(2)` statuses in the order of ends.
    var statuses: [WaitStatus] {
        events.compactMap { if case .exited(_, let s) = $0 { WaitStatus(raw: s) } else { nil } }
    }
}

/// How long a test waits for something that may never come, in seconds. Not a bound on how long it may
/// take: the default is far beyond that.
private let patience =
    UInt64(ProcessInfo.processInfo.environment["ATOLL_TEST_PATIENCE"] ?? "") ?? 50

/// Waits for something to become true.
func until(_ what: String, _ condition: () throws -> Bool) throws {
    let start = MonotonicClock.now()
    while try !condition() {
        if MonotonicClock.now() - start > patience * 1_000_000_000 { throw NeverCame(what: what) }
        MonotonicClock.sleep(nanoseconds: 2_000_000)
    }
}

struct NeverCame: Error { let what: String }
