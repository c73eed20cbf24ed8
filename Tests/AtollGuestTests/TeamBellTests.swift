// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Foundation
import Testing

@testable import AtollGuest

/// Waits that sleep until they are rung for, between processes: the counts of a file stand for those of
/// VMs' kernels.
@Suite(.timeLimit(.minutes(2)))
final class TeamBellTests {
    private let path = "/dev/shm/atoll-test-bells-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init() throws { try Data(count: SharedCounts.bytes).write(to: URL(fileURLWithPath: path)) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func rings(_ rank: Int) throws -> UInt32 {
        try SharedCounts(path).load(LocalJob.slot(rank))
    }

    /// What a process has used of a CPU, in nanoseconds, and how often it has slept.
    private func use(_ child: Child) throws -> (cpu: UInt64, sleeps: Int) {
        let process = "/proc/\(child.process.processIdentifier)"
        let text = try String(contentsOfFile: process + "/schedstat", encoding: .utf8)
        let status = try String(contentsOfFile: process + "/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt") }
        return (
            try #require(UInt64(text.split(separator: " ")[0])),
            try #require(line?.split(separator: "\t").last.flatMap { Int($0) })
        )
    }

    @Test func whoWaitsUsesNextToNoProcessor() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let children = try [0, 2500].enumerated().map {
            try job.start(
                rank: $0.offset, "atoll-team-probe", ["late", "\($0.element)"],
                ["ATOLL_BELL": path])
        }
        for child in children { #expect(child.line() == "waiting") }
        MonotonicClock.sleep(nanoseconds: 200_000_000)
        let (start, before) = (MonotonicClock.now(), try use(children[0]))
        MonotonicClock.sleep(nanoseconds: 2_000_000_000)
        let (after, end) = (try use(children[0]), MonotonicClock.now())
        let time = end - start
        #expect(after.cpu - before.cpu < time / 50, "\(after.cpu - before.cpu) of \(time) ns")
        // Ten a second, by the limit of one sleep.
        #expect(UInt64(after.sleeps - before.sleeps) <= time / 50_000_000)
        for child in children { #expect(child.finish() == (["passed"], 0)) }
        #expect(try rings(0) > 0)
    }

    @Test(arguments: [1, 3])
    func allComeThrough(threads: Int) throws {
        let job = try LocalJob(vms: 3, threadsPerVM: threads)
        let children = try (0..<3).map {
            try job.start(
                rank: $0, "atoll-team-probe", ["barriers", "500"],
                ["ATOLL_BELL": path, "ATOLL_SPIN": "0"])
        }
        for child in children { #expect(child.finish() == (["passed", "done"], 0)) }
        for rank in 0..<3 { #expect(try rings(rank) > 0) }
        #expect(job.region.silentSlots == 0)
    }

    /// Nobody sleeps until it is rung for where one in the team rings for nobody.
    @Test func aTeamOfWhichOneDoesNotRingNaps() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let mute = try job.start(
            rank: 1, "atoll-team-probe", ["barriers", "200"],
            ["ATOLL_BELL": "off", "ATOLL_SPIN": "0"])
        // It says so before it joins in.
        while job.region.silentSlots == 0 && mute.process.isRunning {}
        let other = try job.start(
            rank: 0, "atoll-team-probe", ["barriers", "200"],
            ["ATOLL_BELL": path, "ATOLL_SPIN": "0"])
        for child in [mute, other] { #expect(child.finish() == (["passed", "done"], 0)) }
        #expect(try rings(0) == 0 && rings(1) == 0)
        #expect(job.region.silentSlots == 1 << UInt64(LocalJob.slot(1)))
        job.region.forgetSleepers(of: LocalJob.slot(1))
        #expect(job.region.silentSlots == 0)
    }

    @Test func aSleeperNoticesALoss() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let children = try (0..<2).map {
            try job.start(
                rank: $0, "atoll-team-probe", ["late", "\($0 * 60_000)"], ["ATOLL_BELL": path])
        }
        for child in children { #expect(child.line() == "waiting") }
        // Its kernel's count is still, so that nothing but the sleep's own end can wake it.
        let quiet = try rings(0)
        children[1].killAndWait()
        job.region.markLost(slot: LocalJob.slot(1))
        let (lines, status) = children[0].finish()
        #expect(status == 1 && lines.first?.hasPrefix("error:") == true, "\(lines)")
        #expect(try rings(0) - quiet <= 1)
    }

    @Test func aBadFileIsRefused() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        try Data(count: 100).write(to: URL(fileURLWithPath: path))
        for wish in [path, path + "-not"] {
            let child = try job.start(
                rank: 0, "atoll-team-probe", ["leave-early"], ["ATOLL_BELL": wish])
            let (lines, status) = child.finish()
            #expect(status == 1)
            #expect(lines.first?.hasPrefix("error: ATOLL_BELL makes no sense") == true)
        }
    }

    @Test func countsWakeAndTimeOut() throws {
        let counts = try SharedCounts(path)
        counts.wait(3, while: 0, nanoseconds: 1_000_000)
        #expect(counts.load(3) == 0)
        let found = try ThreadGroup.run(2) { index -> UInt32 in
            if index == 1 {
                counts.raise(3)
                return 0
            }
            while counts.load(3) == 0 { counts.wait(3, while: 0, nanoseconds: 1_000_000_000) }
            return counts.load(3)
        }
        #expect(found[0] == 1)
    }
}
