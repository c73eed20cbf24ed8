// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSnapshot
import AtollTestSupport
import Foundation
import GRDB
import Testing

@testable import AtollHost
@testable import AtollRegion

/// What a region's snapshot holds, who stands still meanwhile, and what a restore leaves of whom.
@Suite(.timeLimit(.minutes(1))) struct ContentTests {
    let root = TestHost.administrator

    private func host(
        _ vms: [String] = ["a", "b"], configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws -> TestHost {
        let host = try TestHost(configure: configure)
        try await host.group(vms: vms)
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        return host
    }

    private func guest(_ host: TestHost) throws -> AtollRegion.Region {
        try openRegion(host.memory.path + "/atoll.g.r")
    }

    private func states(_ host: TestHost) -> [Domain.State] {
        host.hypervisor.snapshot.domains.values.sorted { $0.name < $1.name }.map(\.state)
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// All of a snapshot; by then the VMs run again.
    private func save(_ host: TestHost, live: Bool = false) async throws -> (
        SnapshotHead, [SnapshotChunk]
    ) {
        let session = try await host.service.snapshot("r", of: "g", live: live, as: root)
        var chunks: [SnapshotChunk] = []
        while let records = try session.next() {
            for case .chunk(let chunk) in records { chunks.append(chunk) }
        }
        let end = try await host.service.finish(session)
        #expect(end == .end(chunks: UInt64(chunks.count)))
        try await until { !states(host).contains(.paused) }
        return (session.head, chunks)
    }

    @discardableResult
    private func restore(
        _ host: TestHost, _ head: SnapshotHead, _ chunks: [SnapshotChunk], force: Bool = false
    ) async throws -> AtollAPI.Region {
        let session = try await host.service.restore(
            head, from: 0, into: "r", of: "g", force: force, as: root)
        for chunk in chunks { try session.put(chunk) }
        try session.putEnd()
        return try await host.service.finish(session, as: root)
    }

    private func join(_ region: AtollRegion.Region, _ slot: Int) {
        region.join(
            slot: slot,
            MemberPresence(
                incarnation: region.member(slot).incarnation, state: .joined, vcpus: 2,
                mapping: .file, lockedOperation: 10, heartbeat: 0))
    }

    /// Text at the region's end and in its objects, one of which is a job's.
    private func fill(_ region: AtollRegion.Region) {
        for (name, job) in [("kept", UInt64(0)), ("job's", 3)] {
            let object = region.placeObject(
                name: Array(name.utf8), bytes: 64, job: job, builder: 0)!
            region.memory.write(Array("in \(name)".utf8), at: object.offset)
        }
        region.memory.write(Array("the end".utf8), at: region.layout.bytes - 7)
    }

    @Test func whatWasSavedComesBack() async throws {
        let host = try await host()
        let region = try guest(host)
        fill(region)
        let before = region.memory.copy(at: region.layout.arena, count: region.layout.arenaBytes)
        let (head, chunks) = try await save(host)
        #expect(head.isConsistent && head.region == "r" && head.regionBytes == 1 << 20)
        #expect(chunks.count < 4, "zeros are left out")
        let scribble = [UInt8](repeating: 0xee, count: region.layout.arenaBytes)
        region.memory.write(scribble, at: region.layout.arena)
        region.memory.write([0xff, 0xff], at: region.layout.jobs + 64)
        let restored = try await restore(host, head, chunks)
        #expect(restored.state == .ready && restored.restore == nil)
        #expect(region.state == .ready)
        #expect(
            region.memory.copy(at: region.layout.arena, count: region.layout.arenaBytes) == before)
        let names = region.objects.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["kept"])
        #expect(region.memory.isZero(at: region.layout.jobs, count: 4096))
        for slot in 0..<2 { #expect(region.member(slot).state == .assigned) }
    }

    @Test func membersStandStillMeanwhile() async throws {
        let host = try await host()
        let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
        #expect(states(host) == [.paused, .paused])
        while try session.next() != nil { #expect(states(host) == [.paused, .paused]) }
        _ = try await host.service.finish(session)
        try await until { states(host) == [.running, .running] }
        // And who goes away lets them go on.
        let other = try await host.service.snapshot("r", of: "g", live: false, as: root)
        #expect(states(host) == [.paused, .paused])
        other.abandon()
        try await until { states(host) == [.running, .running] }
        #expect(throws: APIError.self) { _ = try other.next() }
        let kinds = try await events(host)
        #expect(kinds.contains("region.saved") && kinds.contains("region.saving-broken-off"))
    }

    private func events(_ host: TestHost) async throws -> [String] {
        var kinds: [String] = []
        for await event in try await host.service.events(
            since: 0, group: nil, follow: false, as: root)
        {
            kinds.append(event.kind)
        }
        return kinds
    }

    /// Also where nothing else of the group needs to be mended.
    @Test func whatAKilledDaemonLeftPausedGoesOn() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        await host.service.reconcileAll()
        let id = try #require(host.hypervisor.snapshot.domains.keys.first)
        try host.service.ledger.write { try PauseRow(vm: id, groupName: "g").save($0) }
        try await host.hypervisor.pause(id)
        await host.service.reconcileAll()
        #expect(states(host) == [.running])
        #expect(try host.service.ledger.groupsWithPauses() == [])
    }

    /// One that somebody else has paused stays so.
    @Test func othersPausesAreTheirs() async throws {
        let host = try await host()
        let id = try #require(host.hypervisor.snapshot.domains.values.first { $0.name == "a" }?.id)
        try await host.hypervisor.pause(id)
        _ = try await saveWithoutWaiting(host)
        try await until { states(host) == [.paused, .running] }
    }

    private func saveWithoutWaiting(_ host: TestHost) async throws -> SnapshotRecord {
        let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
        while try session.next() != nil {}
        return try await host.service.finish(session)
    }

    @Test func aVMThatDiesMeanwhileHindersNobody() async throws {
        let host = try await host()
        let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
        let id = try #require(host.hypervisor.snapshot.domains.values.first { $0.name == "a" }?.id)
        host.hypervisor.stop(id)
        while try session.next() != nil {}
        _ = try await host.service.finish(session)
        try await until { states(host) == [.stopped, .running] }
        #expect(try host.service.ledger.groupsWithPauses() == [])
        host.hypervisor.start(id)
        _ = try await save(host)
    }

    @Test func aVMThatRunsMeanwhileSpoilsIt() async throws {
        let host = try await host()
        let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
        let id = try #require(host.hypervisor.snapshot.domains.values.first { $0.name == "a" }?.id)
        try await host.hypervisor.resume(id)
        while try session.next() != nil {}
        await #expect(throws: APIError.self) { _ = try await host.service.finish(session) }
        try await until { states(host) == [.running, .running] }
        let (live, _) = try await save(host, live: true)
        #expect(!live.isConsistent)
    }

    @Test func whoReadsNothingIsNotWaitedFor() async throws {
        let host = try await host { $0.lease = .milliseconds(60) }
        let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
        try await until { states(host) == [.running, .running] }
        let error = #expect(throws: APIError.self) {
            _ = try session.next()
        }
        #expect(error?.message.contains("nothing was transferred") == true)
    }

    /// Where one VM cannot be paused, the others do not stay so.
    @Test func allOrNone() async throws {
        let host = try await host()
        let id = try #require(host.hypervisor.snapshot.domains.values.first { $0.name == "b" }?.id)
        host.hypervisor.change { $0.refusing = [id] }
        await #expect(throws: APIError.self) {
            _ = try await host.service.snapshot("r", of: "g", live: false, as: root)
        }
        #expect(states(host) == [.running, .running])
    }

    @Test func aRegionInUseIsNotOverwritten() async throws {
        let host = try await host()
        let region = try guest(host)
        let (head, chunks) = try await save(host)
        let before = region.member(0).incarnation
        join(region, 0)
        let error = await #expect(throws: APIError.self) { try await restore(host, head, chunks) }
        #expect(error?.code == .regionInUse)
        #expect(region.state == .ready)
        try await restore(host, head, chunks, force: true)
        // Whoever held a lock in the snapshot is nobody's namesake.
        #expect(region.member(0).incarnation > before)
        #expect(region.member(0).incarnation > head.incarnations)
        #expect(!region.hasJoined(slot: 0))
        let members = try await host.service.members(of: "g", as: root)
        #expect(members.map(\.incarnation) == (0..<2).map { region.member($0).incarnation })
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        let host = try await host()
        var (head, chunks) = try await save(host)
        func expect(_ code: ErrorCode, from start: UInt64 = 0) async {
            let error = await #expect(throws: APIError.self) {
                _ = try await host.service.restore(
                    head, from: start, into: "r", of: "g", force: false, as: root)
            }
            #expect(error?.code == code)
        }
        head.regionBytes = 2 << 20
        await expect(.snapshotMismatch)
        head.regionBytes = 1 << 20
        head.layoutVersion += 1
        await expect(.snapshotMismatch)
        head.layoutVersion -= 1
        await expect(.snapshotMismatch, from: 262_144)
        #expect(try await host.service.region("r", of: "g", as: root).state == .ready)
        try await restore(host, head, chunks)
    }

    /// Broken off, the region waits for another try, which goes on where it was.
    @Test func aRestoreGoesOn() async throws {
        let host = try await host()
        let region = try guest(host)
        fill(region)
        let (head, chunks) = try await save(host)
        let last = try #require(chunks.last)
        let session = try await host.service.restore(
            head, from: 0, into: "r", of: "g", force: false, as: root)
        for chunk in chunks.dropLast() { try session.put(chunk) }
        session.abandon()
        try await until { try await events(host).contains("region.restoring-broken-off") }
        let there = try await host.service.region("r", of: "g", as: root)
        #expect(there.state == .restoring && region.state == .draining)
        let restore = try #require(there.restore)
        let brought = try #require(chunks.dropLast().last).number + 1
        #expect(restore.bytes == brought << 18)
        for body in [
            { _ = try await host.service.snapshot("r", of: "g", live: true, as: root) },
            {
                _ = try await host.service.run(
                    JobSpec(arguments: ["true"]), in: "g", as: root)
            },
        ] as [() async throws -> Void] {
            await #expect(throws: APIError.self) { try await body() }
        }
        let again = try await host.service.restore(
            head, from: restore.bytes, into: "r", of: "g", force: false, as: root)
        try again.put(last)
        try again.putEnd()
        #expect(try await host.service.finish(again, as: root).state == .ready)
        let end = region.memory.copy(at: region.layout.bytes - 7, count: 7)
        #expect(String(decoding: end, as: UTF8.self) == "the end")
    }

    /// What an earlier try had brought went with the memory.
    @Test func aRestoreIntoMemoryThatIsMadeAnewBeginsAnew() async throws {
        let host = try await host([])
        let region = try guest(host)
        fill(region)
        let (head, chunks) = try await save(host)
        let session = try await host.service.restore(
            head, from: 0, into: "r", of: "g", force: false, as: root)
        for chunk in chunks { try session.put(chunk) }
        session.abandon()
        try await until { try await events(host).contains("region.restoring-broken-off") }
        #expect(try await host.service.region("r", of: "g", as: root).restore?.bytes != 0)
        try FileManager.default.removeItem(atPath: host.memory.path + "/atoll.g.r")
        let next = try TestHost(
            hypervisor: host.hypervisor, memory: host.memory, directory: host.directory.copy())
        await next.service.reconcileAll()
        let there = try await next.service.region("r", of: "g", as: root)
        #expect(there.state == .restoring && there.restore?.bytes == 0)
    }

    /// With the device that its definition had until then.
    @Test func aVMThatStartsWhileItLeavesHasNoRegion() async throws {
        let host = try await host(["a"])
        let (hypervisor, id) = (
            host.hypervisor, try #require(host.hypervisor.snapshot.domains.keys.first)
        )
        hypervisor.stop(id, silently: true)
        await host.service.handle(.stopped(id))
        hypervisor.beforeDetaching { id in
            if hypervisor.snapshot.domains[id]?.isActive == false {
                hypervisor.start(id, silently: true)
            }
        }
        try await host.service.removeMember("a", from: "g", force: false, as: root)
        let domain = try #require(hypervisor.snapshot.domains[id])
        #expect(domain.isActive && domain.live.isEmpty && domain.stored.isEmpty)
    }

    /// After a region is deleted nobody reads what was in it, and its memory is back, whoever maps it.
    @Test func deletedMemoryIsGone() async throws {
        let host = try await host([])
        let region = try guest(host)
        region.memory.write([1, 2, 3], at: region.layout.arena)
        // What a killed daemon left of it elsewhere goes with it, and is in nobody's way.
        let id = try await host.service.region("r", of: "g", as: root).id
        let draft = host.memory.path + "/" + RegionStore.draftPrefix + id.uuidString.lowercased()
        #expect(FileManager.default.createFile(atPath: draft, contents: Data([1])))
        let file = try FileHandle(
            forReadingFrom: URL(filePath: host.memory.path + "/atoll.g.r"))
        try await host.service.deleteRegion("r", of: "g", force: false, as: root)
        #expect(host.memory.files == [])
        #expect(region.memory.isZero(at: 0, count: region.layout.bytes))
        #expect(try file.read(upToCount: 1 << 20) == Data(count: 1 << 20))
    }
}
