// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSystem
import Foundation

/// A region in shared memory, members with no VM behind them, and a job posted for them: what a
/// daemon, agents and a launcher would have made.
final class LocalJob: @unchecked Sendable {
    let path: String
    let region: Region
    let launch: JobLaunch
    let vms: Int
    let threadsPerVM: Int
    private let watchdog = DispatchWorkItem {
        Child.killAll()
        LocalJob.removeNames()
        fatalError("a test's job hangs")
    }

    init(vms: Int, threadsPerVM: Int, bytes: Int = 8 << 20) throws {
        path = "/dev/shm/atoll-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let file = try OwnedFD(opening: path, [.write, .create])
        try file.setSize(UInt64(bytes))
        let memory = SharedMemory(try Mapping(file, count: bytes))
        region = try Region.format(
            memory,
            RegionIdentity(
                region: UUID128(high: 1, low: 2), group: UUID128(high: 3, low: 4),
                regionName: Array("r".utf8), groupName: Array("g".utf8)))
        for vm in 0..<vms {
            region.assign(
                slot: Self.slot(vm), vm: UUID128(high: 5, low: UInt64(vm)),
                incarnation: Self.incarnation, name: Array("vm-\(vm)".utf8))
        }
        launch = try JobLaunch(
            JobRequest(
                payload: JobPayload(
                    directory: [], arguments: [Array("test".utf8)], environment: []),
                members: (0..<vms).map { (Self.slot($0), Self.incarnation) },
                threadsPerVM: threadsPerVM),
            on: JobBoard(region),
            from: JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: 1 << 30), now: 0)
        self.vms = vms
        self.threadsPerVM = threadsPerVM
        // Not a measurement: a test that hangs in a thread would never end.
        DispatchQueue.global().asyncAfter(deadline: .now() + 100, execute: watchdog)
    }

    deinit {
        watchdog.cancel()
        removeName()
    }

    /// Takes the region's name away; who has mapped it keeps it. For tests that end the process.
    func removeName() { try? AtollSystem.unlink(path) }

    /// Takes the names of all this process's regions away.
    private static func removeNames() {
        let mine = "atoll-test-\(getpid())-"
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")
        for name in names ?? [] where name.hasPrefix(mine) {
            try? AtollSystem.unlink("/dev/shm/\(name)")
        }
    }

    // Not rank by rank: a slot taken for a rank, or the other way round, must show.
    static func slot(_ rank: Int) -> Int { 5 + 2 * rank }
    static var incarnation: UInt64 { 7 }

    func environment(rank: Int) -> TeamEnvironment {
        TeamEnvironment(
            region: Array(path.utf8), regionBytes: region.memory.count, job: launch.ticket.number,
            jobIndex: launch.ticket.index, slot: Self.slot(rank), incarnation: Self.incarnation,
            rank: rank, vms: vms, threadsPerVM: threadsPerVM)
    }

    /// The same as an agent puts it into a process's environment.
    func variables(rank: Int) -> [String: String] {
        let e = environment(rank: rank)
        return [
            "ATOLL_REGION": path, "ATOLL_REGION_BYTES": "\(e.regionBytes)", "ATOLL_JOB": "\(e.job)",
            "ATOLL_JOB_INDEX": "\(e.jobIndex)", "ATOLL_SLOT": "\(e.slot)",
            "ATOLL_INCARNATION": "\(e.incarnation)", "ATOLL_RANK": "\(e.rank)",
            "ATOLL_VMS": "\(e.vms)", "ATOLL_THREADS_PER_VM": "\(e.threadsPerVM)",
        ]
    }

    /// Starts this rank's process.
    func start(
        rank: Int, _ program: String, _ arguments: [String], _ changes: [String: String] = [:]
    ) throws -> Child {
        try Child(program, arguments, variables(rank: rank).merging(changes) { $1 })
    }
}
