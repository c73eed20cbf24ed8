// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import CAtollABI
import Foundation
import Testing

@testable import AtollRegion

private typealias MappedRegion = AtollRegion.Region

/// What the daemon tells of locks and barriers, which scripted guests write.
@Suite(.timeLimit(.minutes(1))) struct SyncViewTests {
    let root = TestHost.administrator

    /// A group of two VMs whose region a guest has mapped.
    private func host(stuckBound: Duration = .milliseconds(1)) async throws -> (
        TestHost, MappedRegion
    ) {
        let host = try TestHost(configure: { $0.stuckBound = stuckBound })
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        return (host, try openRegion(host.memory.path + "/atoll.g.r"))
    }

    private func make(_ region: MappedRegion, _ kind: ObjectKind, _ name: String, bytes: Int = 128)
        throws
        -> ObjectRecord
    {
        let made = try #require(
            region.placeObject(
                name: Array(name.utf8), kind: kind, bytes: bytes, job: 3, builder: 9))
        region.memory.zero(at: made.offset, count: bytes)
        #expect(region.publishObject(made))
        return made
    }

    private func team(_ region: MappedRegion) throws -> ObjectRecord {
        let layout = TeamLayout(size: 4, vms: 2)
        let object = try make(region, .team, "job.3.team", bytes: layout.bytes)
        TeamHead(size: 4, vms: 2, threadsPerVM: 2).write(
            to: region.memory, at: object.offset, layout)
        for rank in 0..<4 {
            let line = object.offset + layout.thread(rank)
            region.memory.store(
                owner(region, rank), word: line + ATOLL_AT_TEAM_THREAD_OWNER)
        }
        return object
    }

    private func owner(_ region: MappedRegion, _ rank: Int) -> UInt64 {
        let slot = rank / 2
        let incarnation = region.member(slot).incarnation & 0xffff
        return UInt64(slot + 1) | incarnation << 16 | UInt64(100 + rank) << 32
    }

    private func wait(
        _ region: MappedRegion, _ team: ObjectRecord, _ rank: Int, on: Int, seconds: UInt64 = 60
    ) {
        let line = team.offset + TeamLayout(size: 4, vms: 2).thread(rank)
        region.memory.store(
            seconds * 1_000_000_000, word: line + ATOLL_AT_TEAM_THREAD_WAITING_NS)
        region.memory.store(UInt64(on), word: line + ATOLL_AT_TEAM_THREAD_WAITING_ON)
    }

    @Test func whoHoldsAndWhoWaits() async throws {
        let (host, region) = try await host()
        #expect(
            try await host.service.syncReport(of: "g", as: root)
                == SyncReport(group: "g", objects: [], teams: []))
        let team = try team(region)
        let lock = try make(region, .lock, "job.3.lock.x")
        region.memory.store(owner(region, 3) | ATOLL_OWNER_WAITERS, word: lock.offset)
        region.memory.store64(7, at: lock.offset + SyncLayout.acquisitions)
        region.memory.store64(2, at: lock.offset + SyncLayout.waiters)
        region.memory.store32(4, at: lock.offset + SyncLayout.waits + 4 * 5)
        wait(region, team, 0, on: lock.offset, seconds: 1)
        wait(region, team, 2, on: lock.offset, seconds: 2)
        let report = try await host.service.syncReport(of: "g", as: root)
        let object = try #require(report.objects.first)
        #expect(report.objects.map(\.kind) == ["lock", "barrier"])
        #expect(object.region == "r" && object.name == "job.3.lock.x" && object.kind == "lock")
        #expect(object.job == 3 && object.acquisitions == 7 && object.waiters == 2)
        #expect(object.waitMedian == 64 && object.wait99 == 64 && !object.poisoned)
        #expect(object.holder == SyncThread(vm: "b", slot: 1, thread: 103, rank: 3))
        #expect(object.waiting.map(\.rank) == [2, 0])
        #expect(object.waiting.map(\.vm) == ["b", "a"])
        #expect(object.waiting[1].waited == 1_000_000_000)
        #expect(object.waiting[1].waitsFor == "job.3.lock.x")
        #expect(report.teams.map(\.arrived) == [0] && report.teams.map(\.stuck) == [false])
    }

    @Test func aHolderWhoseVMIsGoneIsLost() async throws {
        let (host, region) = try await host()
        let lock = try make(region, .lock, "l")
        region.memory.store(owner(region, 3) | ATOLL_OWNER_POISONED, word: lock.offset)
        region.markLost(slot: 1)
        let object = try #require(
            try await host.service.syncReport(of: "g", as: root).objects.first)
        #expect(object.holder == SyncThread(vm: "b", slot: 1, thread: 103, lost: true))
        #expect(object.poisoned)
    }

    @Test func aStuckJobIsAnEventOnceAndNamesWhoHasNotCome() async throws {
        let (host, region) = try await host()
        let team = try team(region)
        let lock = try make(region, .lock, "job.3.lock.x")
        for rank in 0..<3 { wait(region, team, rank, on: team.offset) }
        wait(region, team, 3, on: lock.offset)
        let running = Task { await host.service.run() }
        defer { running.cancel() }
        func events(_ kind: String) async throws -> [Event] {
            var found: [Event] = []
            for await event in try await host.service.events(
                since: 0, group: "g", follow: false, as: root)
            where event.kind == kind { found.append(event) }
            return found
        }
        while try await events("job.stuck").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let event = try await events("job.stuck")[0]
        #expect(event.subject == "job.3.team")
        #expect(
            event.message == "barrier job.3.team in region r seems stuck: 3 of 4 threads wait; "
                + "not come: b rank 3, which waits for job.3.lock.x")
        let state = try #require(
            try await host.service.syncReport(of: "g", as: root).teams.first)
        #expect(state.stuck && state.arrived == 3 && state.missingCount == 1)
        #expect(state.missing.map(\.title) == ["b rank 3"])
        // Said once, however often the daemon looks.
        let looks = region.hostHeartbeat
        while region.hostHeartbeat < looks + 4 { try await Task.sleep(for: .milliseconds(5)) }
        // It comes: all go on.
        for rank in 0..<4 { wait(region, team, rank, on: 0) }
        while try await events("job.unstuck").isEmpty {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await events("job.stuck").count == 1)
    }

    @Test func otherOwnersSeeNothing() async throws {
        let (host, _) = try await host()
        await #expect(throws: APIError.self) {
            try await host.service.syncReport(
                of: "g", as: Caller(user: 4242, isAdministrator: false))
        }
    }

    /// A rogue can name anything anywhere; the daemon reads no further than the region.
    @Test func whateverGuestsWriteIsTold() async throws {
        let (host, region) = try await host()
        let team = try team(region)
        let lock = try make(region, .readWriteLock, "\u{1B}[2J")
        for offset in stride(from: 0, to: 128, by: 8) {
            region.memory.store(.max, word: lock.offset + offset)
        }
        for rank in 0..<4 {
            let line = team.offset + TeamLayout(size: 4, vms: 2).thread(rank)
            for offset in stride(from: 0, to: 64, by: 8) {
                region.memory.store(.max, word: line + offset)
            }
        }
        let report = try await host.service.syncReport(of: "g", as: root)
        #expect(report.objects[0].holder?.vm == "slot 65534")
        #expect(report.teams[0].waiting.count == 4)
        #expect(report.teams[0].waiting[0].waitsFor == "offset \(UInt64.max)")
        let data = try Wire.encode(report)
        #expect(try Wire.decode(SyncReport.self, from: data) == report)
    }
}
