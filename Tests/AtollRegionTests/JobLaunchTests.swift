// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

/// The launcher's side against agents that follow a script. Time is what the script says.
@Suite(.timeLimit(.minutes(2))) struct JobLaunchTests {
    static let second: UInt64 = 1_000_000_000

    /// A launched job of `/bin/true`, whose lease is one second.
    final class Script {
        let board: JobBoard
        private var launch: JobLaunch
        private(set) var events: [LaunchEvent] = []
        var now: UInt64 = 5 * second
        var rings: [RingEnd] = []

        init(
            members: Int, lease: UInt64 = 1000, survivesLoss: Bool = false, bytes: Int = 1 << 20
        ) throws {
            board = try AtollRegionTests.board(members: members, bytes)
            var wanted = request(members)
            wanted.survivesLoss = survivesLoss
            launch = try JobLaunch(
                wanted, on: board,
                from: JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: lease), now: now)
            for rank in 0..<members {
                let ring = board.part(launch.ticket, rank: rank).ring
                rings.append(try #require(RingEnd(board.region, index: ring)))
            }
        }

        var ticket: JobTicket { launch.ticket }
        var isOver: Bool { launch.isOver }
        var state: JobState { board.state(ticket) }

        /// What the next poll tells, after `passed` nanoseconds.
        func poll(after passed: UInt64 = 1_000_000) -> [LaunchEvent] {
            now += passed
            let new = launch.poll(now: now)
            events += new
            return new
        }

        /// Polls until the job is over, a millisecond apart; `false` if that never comes.
        func pollUntilOver(atMost polls: Int = 100_000) -> Bool {
            for _ in 0..<polls {
                if isOver { return true }
                _ = poll()
            }
            return isOver
        }

        func run(_ rank: Int) {
            #expect(board.advance(ticket, rank: rank, from: .wanted, to: .running, pid: 9))
        }
        func exit(_ rank: Int, _ status: UInt32 = 0) {
            #expect(board.advance(ticket, rank: rank, from: .running, to: .exited, status: status))
        }
        func beat(_ slot: Int) { board.region.beat(slot: slot) }
        func stop() { launch.stop() }
        func send(signal: Int32) { launch.send(signal: signal) }
        func finish() { launch.finish() }
    }

    static func output(_ rank: Int, _ text: String, stream: UInt8 = 1) -> LaunchEvent {
        .output(rank: rank, stream: stream, text: Array(text.utf8))
    }

    @Test func outputComesBeforeTheExit() throws {
        let script = try Script(members: 2)
        #expect(script.poll() == [])
        script.run(0)
        script.run(1)
        #expect(script.rings[0].write(1, "one\n"))
        #expect(script.poll() == [Self.output(0, "one\n")])
        #expect(script.rings[0].write(2, "two\n"))
        #expect(script.rings[1].write(1, "three\n"))
        script.exit(0)
        #expect(
            script.poll() == [
                Self.output(0, "two\n", stream: 2), Self.output(1, "three\n"),
                .exited(rank: 0, status: 0),
            ])
        #expect(!script.isOver && script.state == .posted)
        script.exit(1)
        #expect(script.poll() == [.exited(rank: 1, status: 0)])
        #expect(script.isOver && script.state == .posted)
        #expect(script.poll() == [])
        script.finish()
        #expect(script.state == .free)
        #expect(script.board.freeRings == 16 && script.board.freeSlots == 4)
    }

    @Test func muchOutputComesWholeAndBeforeTheExit() throws {
        let script = try Script(members: 2)
        script.run(0)
        // More than one poll takes.
        let lines = (0..<200).map { "\($0)" }
        for line in lines { #expect(script.rings[0].write(1, line)) }
        script.exit(0)
        var first = script.poll()
        #expect(first.count == 64 && !script.events.contains(.exited(rank: 0, status: 0)))
        first = script.poll()
        #expect(first.count == 64)
        while script.events.count < 201 { if script.poll().isEmpty { break } }
        #expect(script.events == lines.map { Self.output(0, $0) } + [.exited(rank: 0, status: 0)])
    }

    @Test func everyPollBeatsTheLaunchersHeart() throws {
        let script = try Script(members: 1)
        let before = script.board.launcherHeartbeat(script.ticket)
        _ = script.poll()
        _ = script.poll()
        #expect(script.board.launcherHeartbeat(script.ticket) == before + 2)
    }

    @Test(arguments: [256, 9] as [UInt32])
    func aFailedProcessStopsTheJob(status: UInt32) throws {
        let script = try Script(members: 2)
        script.run(0)
        script.run(1)
        let called = script.board.region.attention(slot: 1)
        script.exit(0, status)
        #expect(script.poll() == [.exited(rank: 0, status: status)])
        #expect(script.state == .stopping && !script.isOver)
        #expect(script.board.region.attention(slot: 1) > called)
        script.exit(1, 15)
        #expect(script.poll() == [.exited(rank: 1, status: 15)])
        #expect(script.isOver)
    }

    @Test func whoEndsFirstAfterAnInterruptLeavesTheOthersTime() throws {
        let script = try Script(members: 3)
        for rank in 0..<3 { script.run(rank) }
        script.send(signal: 2)
        script.exit(0, 7 << 8)
        #expect(script.poll() == [.exited(rank: 0, status: 7 << 8)])
        #expect(script.state == .posted)
        script.exit(1, 7 << 8)
        script.beat(2)
        #expect(script.poll(after: 1_900_000_000) == [.exited(rank: 1, status: 7 << 8)])
        #expect(script.state == .posted)
        // Who does not listen is stopped all the same.
        script.beat(2)
        #expect(script.poll(after: 200_000_000).isEmpty)
        #expect(script.state == .stopping)
    }

    @Test func aSignalThatAsksForNoEndGivesNobodyTime() throws {
        let script = try Script(members: 2)
        script.run(0)
        script.run(1)
        script.send(signal: 10)
        script.exit(0, 256)
        _ = script.poll()
        #expect(script.state == .stopping)
    }

    @Test func aRefusedProgramStopsTheJob() throws {
        let script = try Script(members: 2)
        let ticket = script.ticket
        #expect(script.board.advance(ticket, rank: 1, from: .wanted, to: .refused, status: 2))
        #expect(script.poll() == [.refused(rank: 1, errno: 2)])
        #expect(script.state == .stopping)
    }

    @Test func aLostMemberStopsTheJob() throws {
        let script = try Script(members: 2)
        script.run(0)
        #expect(script.rings[0].write(1, "last words"))
        script.board.region.markLost(slot: 0)
        #expect(script.poll() == [Self.output(0, "last words"), .lost(rank: 0)])
        #expect(script.state == .stopping && !script.isOver)
        script.run(1)
        script.exit(1)
        #expect(script.poll() == [.exited(rank: 1, status: 0)])
        script.finish()
        #expect(script.board.freeRings == 16 && script.board.freeSlots == 4)
    }

    @Test func aJobThatSurvivesALossGoesOn() throws {
        let script = try Script(members: 3, survivesLoss: true)
        for rank in 0..<3 { script.run(rank) }
        script.board.region.markLost(slot: 0)
        #expect(script.poll() == [.lost(rank: 0)])
        #expect(script.state == .posted)
        script.exit(1)
        #expect(script.poll() == [.exited(rank: 1, status: 0)])
        #expect(!script.isOver)
        // A failure ends it as any other's.
        script.exit(2, 256)
        #expect(script.poll() == [.exited(rank: 2, status: 256)])
        #expect(script.isOver && script.state == .stopping)
    }

    @Test func aMemberThatBootedAnewIsLost() throws {
        let script = try Script(members: 1)
        script.board.region.assign(slot: 0, vm: UUID128(high: 1, low: 0), incarnation: 8, name: [])
        #expect(script.poll() == [.lost(rank: 0)])
    }

    @Test func whoExitedIsNotLost() throws {
        let script = try Script(members: 1)
        script.run(0)
        script.exit(0)
        script.board.region.markLost(slot: 0)
        #expect(script.poll() == [.exited(rank: 0, status: 0)])
    }

    /// The others may have failed because of the loss, and would hide it.
    @Test func aLossIsToldBeforeTheFailuresThatItCaused() throws {
        let script = try Script(members: 3)
        for rank in 0..<3 { script.run(rank) }
        script.exit(0, 256)
        script.board.region.markLost(slot: 2)
        script.exit(1, 0)
        #expect(
            script.poll() == [
                .lost(rank: 2), .exited(rank: 0, status: 256), .exited(rank: 1, status: 0),
            ])
        #expect(script.isOver)
    }

    @Test func failuresWaitUntilALostMembersOutputIsRead() throws {
        let script = try Script(members: 2)
        script.run(0)
        script.run(1)
        for _ in 0..<70 { #expect(script.rings[1].write(1, "x")) }
        script.exit(0, 256)
        script.board.region.markLost(slot: 1)
        #expect(script.poll().count == 64)
        #expect(!script.isOver && script.state == .stopping)
        let rest = script.poll()
        #expect(rest.suffix(2) == [.lost(rank: 1), .exited(rank: 0, status: 256)])
        #expect(rest.count == 6 + 2 && script.isOver)
    }

    @Test func aJobThatWasClearedAwayIsWithdrawn() throws {
        let script = try Script(members: 2)
        script.run(0)
        script.run(1)
        script.exit(0)
        script.exit(1)
        // The agents took this launcher for dead; another job has the slot and the rings.
        #expect(script.board.reap(script.ticket))
        let other = try script.board.post(request(2), from: host)
        #expect(script.rings[0].write(1, "not yours"))
        #expect(script.poll() == [.withdrawn(rank: 0), .withdrawn(rank: 1)])
        #expect(script.isOver)
        script.stop()
        script.finish()
        #expect(script.state == .free && script.board.state(other) == .posted)
    }

    // MARK: Silence

    @Test func aSilentMemberStopsTheJob() throws {
        let script = try Script(members: 2)
        script.run(0)
        script.run(1)
        script.beat(0)
        script.beat(1)
        #expect(script.poll() == [])
        script.beat(1)
        #expect(script.poll(after: Self.second) == [])
        #expect(script.poll(after: 1) == [.silent(rank: 0)])
        #expect(script.state == .stopping)
        script.exit(1, 15)
        #expect(script.poll() == [.exited(rank: 1, status: 15)])
        #expect(script.isOver)
        // It may still run: its slot and ring stay until it is known to be over.
        script.finish()
        #expect(script.state == .stopping && script.board.freeSlots == 3)
        script.board.region.markLost(slot: 0)
        script.finish()
        #expect(script.board.freeRings == 16 && script.board.freeSlots == 4)
    }

    @Test func whoBeatsIsNotSilent() throws {
        let script = try Script(members: 1)
        for _ in 0..<100 {
            script.beat(0)
            #expect(script.poll(after: Self.second) == [])
        }
    }

    @Test func aMemberThatNeverBeatIsSilentAfterTheLease() throws {
        let script = try Script(members: 1)
        #expect(script.poll(after: Self.second) == [])
        #expect(script.poll(after: 1) == [.silent(rank: 0)])
    }

    @Test func chatterIsNoHeartbeat() throws {
        let script = try Script(members: 1)
        script.run(0)
        for _ in 0..<100 {
            #expect(script.rings[0].write(1, "x"))
            _ = script.poll(after: Self.second)
        }
        #expect(script.events.last == .silent(rank: 0))
    }

    @Test(arguments: [0, 1, .max, .max / 1000] as [UInt64])
    func anyLeaseCanBeAsked(lease: UInt64) throws {
        let script = try Script(members: 1, lease: lease)
        _ = script.poll(after: 1_000_001)
        #expect(script.isOver == (lease <= 1))
    }

    @Test func aClockThatStepsBackIsNoSilence() throws {
        let script = try Script(members: 1)
        script.now = 0
        #expect(script.poll(after: 0) == [])
    }

    // MARK: A rogue

    @Test func corruptOutputStopsTheJob() throws {
        let script = try Script(members: 2)
        script.run(0)
        let board = script.board
        board.memory.store(3, word: board.layout.ring(0) + 64)
        #expect(script.poll() == [.corrupt(rank: 0, RingCorrupt(head: 3, tail: 0))])
        #expect(script.state == .stopping && !script.isOver)
        #expect(script.poll() == [])
        script.exit(0, 15)
        #expect(script.poll() == [.exited(rank: 0, status: 15)])
    }

    @Test func outputWithoutEndIsNotReadForEver() throws {
        for gone in [false, true] {
            let script = try Script(members: 1)
            script.run(0)
            if gone { script.board.region.markLost(slot: 0) } else { script.exit(0) }
            // A rogue keeps filling the ring of a part that is over.
            var polls = 0
            while !script.isOver, polls < 1000 {
                while script.rings[0].write(1, "more") {}
                _ = script.poll()
                polls += 1
            }
            #expect(script.isOver)
            #expect(script.events.last == (gone ? .lost(rank: 0) : .exited(rank: 0, status: 0)))
        }
    }

    @Test func aPartThatIsOverStaysSo() throws {
        let script = try Script(members: 1)
        script.run(0)
        for _ in 0..<100 { #expect(script.rings[0].write(1, "x")) }
        script.exit(0, 256)
        #expect(script.poll().count == 64)
        // Its status is told as it was seen first.
        let at = script.board.layout.part(script.ticket.index, 0)
        script.board.memory.store32(0, at: at + 24)
        script.board.memory.store(JobBoard.pack(script.ticket.number, 2), word: at)
        _ = script.poll()
        #expect(script.events.last == .exited(rank: 0, status: 256))
    }

    @Test func aPartThatSpeaksOfAnotherJobIsOver() throws {
        let script = try Script(members: 1)
        script.run(0)
        let at = script.board.layout.part(script.ticket.index, 0)
        script.board.memory.store(JobBoard.pack(script.ticket.number + 1, 2), word: at)
        script.beat(0)
        #expect(script.poll() == [.withdrawn(rank: 0)])
        #expect(script.isOver && script.state == .stopping)
    }

    @Test func aRingThatBelongsToAnotherJobIsNotRead() throws {
        let script = try Script(members: 1)
        script.run(0)
        let ring = script.board.layout.ring(0)
        script.board.memory.store(99, word: ring)
        #expect(script.rings[0].write(1, "not yours"))
        #expect(script.poll() == [.corrupt(rank: 0, RingCorrupt(head: 24, tail: 0))])
        // Nor is its other reader disturbed.
        #expect(script.board.memory.load(word: ring + 128) == 0)
    }

    @Test(arguments: [1000, .max] as [UInt64])
    func anAgentThatDoesNotStopIsGivenUp(lease: UInt64) throws {
        let script = try Script(members: 2, lease: lease)
        script.run(0)
        script.run(1)
        script.exit(1, 256)
        var polls = 0
        // It beats, and it talks, but its process goes on.
        while !script.isOver, polls < 100_000 {
            script.beat(0)
            _ = script.rings[0].write(1, "still here")
            _ = script.poll(after: 10_000_000)
            polls += 1
        }
        #expect(script.isOver)
        #expect(script.events.last == .silent(rank: 0))
        // But not before a process had time for its last words.
        #expect(polls >= 1000)
    }

    @Test func aLauncherThatWasAwayGivesTheAgentItsTime() throws {
        let script = try Script(members: 1)
        script.run(0)
        script.stop()
        script.beat(0)
        #expect(script.poll() == [])
        script.beat(0)
        // An hour in which it took no output: the agent could not bring its own.
        #expect(script.poll(after: 3600 * Self.second) == [])
        #expect(script.rings[0].write(1, "bye"))
        script.exit(0, 15)
        #expect(script.poll() == [Self.output(0, "bye"), .exited(rank: 0, status: 15)])
    }

    @Test func aJobWhoseWordWasOverwrittenEnds() throws {
        for word in [0, 1, .max] as [UInt64] {
            let script = try Script(members: 2)
            script.run(0)
            script.run(1)
            script.board.overwrite(script.ticket, word)
            script.exit(0, 256)
            script.beat(1)
            script.stop()
            script.send(signal: 9)
            #expect(script.pollUntilOver())
            script.finish()
        }
    }
}
