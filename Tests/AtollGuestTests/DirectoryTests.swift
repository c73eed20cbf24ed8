// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DirectoryTests {
    private let probe = "atoll-team-probe"
    private let name = Array("probe".utf8)

    private func directory(_ job: LocalJob, rank: Int) -> Directory {
        Directory(
            MemberLiveness(
                region: job.region, slot: LocalJob.slot(rank), incarnation: LocalJob.incarnation))
    }

    @Test func oneNameIsOneObject() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        let directory = directory(job, rank: 0)
        #expect(try directory.open(name) == nil)
        var built = 0
        let made = try directory.openOrCreate(name, bytes: 100, job: 0) { memory, offset in
            #expect((0..<100).allSatisfy { memory.copy(at: offset + $0, count: 1) == [0] })
            memory.write([1, 2, 3], at: offset)
            built += 1
        }
        let again = try directory.openOrCreate(name, bytes: 100, job: 0) { _, _ in built += 1 }
        #expect(built == 1)
        #expect(again.offset == made.offset)
        #expect(try directory.open(name)?.offset == made.offset)
        #expect(job.region.memory.copy(at: made.offset, count: 3) == [1, 2, 3])
        #expect(throws: TeamError.sizeMismatch(found: 100, expected: 101)) {
            try directory.openOrCreate(name, bytes: 101, job: 0) { _, _ in }
        }
        try directory.remove(name)
        #expect(throws: TeamError.noSuchObject) { try directory.remove(name) }
        // The extent is used anew, and clean.
        let next = try directory.openOrCreate(Array("next".utf8), bytes: 90, job: 0) { memory, at in
            #expect(memory.copy(at: at, count: 3) == [0, 0, 0])
        }
        #expect(next.offset == made.offset)
        #expect(job.region.memory.load(word: Region.directoryLockOffset) == 0)
    }

    @Test func aFullDirectorySaysSo() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        let directory = directory(job, rank: 0)
        for index in 0..<job.region.layout.directoryEntries {
            _ = try directory.openOrCreate(Array("n\(index)".utf8), bytes: 8, job: 0) { _, _ in }
        }
        #expect(throws: TeamError.noRoom(bytes: 8)) {
            try directory.openOrCreate(name, bytes: 8, job: 0) { _, _ in }
        }
        #expect(throws: TeamError.badName) {
            try directory.openOrCreate([], bytes: 8, job: 0) { _, _ in }
        }
    }

    @Test func manyProcessesRaceForTheSameNames() throws {
        let job = try LocalJob(vms: 4, threadsPerVM: 1)
        let children = try (0..<4).map { try job.start(rank: $0, probe, ["create", "100"]) }
        let outputs = children.map { $0.finish() }
        #expect(outputs.allSatisfy { $0.status == 0 })
        // All have seen every object complete, in one place, built by one process.
        #expect(outputs[0].lines.count == 100)
        #expect(outputs[0].lines.allSatisfy { $0.hasSuffix("true") })
        for output in outputs { #expect(output.lines == outputs[0].lines) }
        let offsets = Set(outputs[0].lines.map { $0.split(separator: " ")[1] })
        #expect(offsets.count == 100)
    }

    @Test func processesCreateAndRemoveAtOnce() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let children = try (0..<3).map {
            try job.start(rank: $0, probe, ["create-and-remove", "300"])
        }
        for child in children { #expect(child.finish() == (["done"], 0)) }
        let left = job.region.objects.filter { $0.name.starts(with: Array("passing".utf8)) }
        #expect(left.isEmpty)
    }

    /// Starts a process that never ends its building, and one of the other member that waits for it.
    private func stuck(_ job: LocalJob) throws -> (builder: Child, waiting: Child) {
        let builder = try job.start(rank: 1, probe, ["build-forever"])
        #expect(builder.line() == "joined")
        #expect(builder.line() == "building")
        let waiting = try job.start(rank: 0, probe, ["build-forever"])
        // Nobody joins a job that has lost a member.
        #expect(waiting.line() == "joined")
        MonotonicClock.sleep(nanoseconds: 20_000_000)
        let record = job.region.objects.first { $0.name == name }
        #expect(record?.state == .building)
        return (builder, waiting)
    }

    @Test func anotherBuildsWhatALostBuilderLeft() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let (builder, waiting) = try stuck(job)
        builder.killAndWait()
        job.region.markLost(slot: LocalJob.slot(1))
        #expect(waiting.line() == "building")
    }

    @Test func anAgentGivesBackWhatItsProcessesLeft() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let (builder, waiting) = try stuck(job)
        let mine = directory(job, rank: 1)
        // It lives: nothing happens.
        mine.reclaim()
        #expect(job.region.objects.contains { $0.name == name })
        builder.killAndWait()
        // Another member's agent knows nothing of it.
        directory(job, rank: 0).reclaim()
        #expect(job.region.objects.contains { $0.name == name })
        mine.reclaim()
        #expect(waiting.line() == "building")
    }

    @Test func anyAgentGivesBackWhatALostMemberLeft() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let builder = try job.start(rank: 1, probe, ["build-forever"])
        #expect(builder.line() == "joined")
        #expect(builder.line() == "building")
        builder.killAndWait()
        job.region.markLost(slot: LocalJob.slot(1))
        directory(job, rank: 0).reclaim()
        #expect(!job.region.objects.contains { $0.name == name })
    }

    @Test func whatALostBuilderLeftIsNoObject() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let builder = try job.start(rank: 1, probe, ["build-forever"])
        #expect(builder.line() == "joined")
        #expect(builder.line() == "building")
        builder.killAndWait()
        job.region.markLost(slot: LocalJob.slot(1))
        #expect(try directory(job, rank: 0).open(name) == nil)
    }

    @Test func theLockOfTheDeadIsTaken() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let dead = Owner(slot: LocalJob.slot(1), incarnation: LocalJob.incarnation, thread: 77)
        job.region.memory.store(dead.word, word: Region.directoryLockOffset)
        job.region.markLost(slot: LocalJob.slot(1))
        let made = try directory(job, rank: 0).openOrCreate(name, bytes: 8, job: 0) { _, _ in }
        #expect(made.state == .building || made.state == .ready)
        #expect(job.region.memory.load(word: Region.directoryLockOffset) == 0)
    }

    @Test func waitingForTheLockEndsWhenTheRegionDrains() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let holder = Owner(slot: LocalJob.slot(1), incarnation: LocalJob.incarnation, thread: 77)
        job.region.memory.store(holder.word, word: Region.directoryLockOffset)
        job.region.setDraining(true)
        #expect(throws: TeamError.sync(.draining)) {
            try directory(job, rank: 0).openOrCreate(name, bytes: 8, job: 0) { _, _ in }
        }
        // Looking needs no lock.
        #expect(try directory(job, rank: 0).open(name) == nil)
    }
}
