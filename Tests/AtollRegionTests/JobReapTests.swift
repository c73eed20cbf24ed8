// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

/// Old tickets, dead launchers, and what a rogue leaves on the board.
@Suite(.timeLimit(.minutes(2))) struct JobReapTests {
    @Test func aJobIsFreedOnceEveryPartIsOver() throws {
        let board = try board(members: 3)
        let ticket = try board.post(request(3), from: host)
        #expect(!board.reap(ticket))
        #expect(board.advance(ticket, rank: 0, from: .wanted, to: .refused, status: 2))
        #expect(board.advance(ticket, rank: 1, from: .wanted, to: .running))
        #expect(!board.reap(ticket))
        #expect(board.advance(ticket, rank: 1, from: .running, to: .exited))
        #expect(!board.reap(ticket))
        board.region.markLost(slot: 2)
        #expect(board.reap(ticket))
        #expect(board.freeRings == 16 && board.freeSlots == 4)
        #expect(!board.reap(ticket))
    }

    @Test func aPartOfAnEarlierBootIsOver() throws {
        let board = try board(members: 1)
        let ticket = try board.post(request(1), from: host)
        #expect(!board.isOver(board.part(ticket, rank: 0)))
        board.region.assign(slot: 0, vm: UUID128(high: 1, low: 0), incarnation: 8, name: [])
        #expect(board.isOver(board.part(ticket, rank: 0)))
        #expect(board.reap(ticket))
    }

    @Test func aSlotClaimedByADeadLauncherIsFreed() throws {
        let board = try board(members: 1)
        let ticket = try board.post(request(1), from: host)
        // As if it had died before it posted.
        board.overwrite(ticket, JobBoard.pack(ticket.number, 1))
        #expect(board.state(ticket) == .claimed)
        #expect(board.reap(ticket))
        #expect(board.freeRings == 16 && board.freeSlots == 4)
    }

    // MARK: Tickets of jobs that are over

    /// A ticket whose slot another job has, and that job's.
    private func stale() throws -> (board: JobBoard, old: JobTicket, new: JobTicket) {
        let board = try board(members: 2)
        let old = try board.post(request(2), from: host)
        board.complete(old)
        board.finish(old)
        let new = try board.post(request(2), from: host)
        #expect(new.index == old.index && new.number == old.number + 1)
        return (board, old, new)
    }

    @Test func anOldTicketChangesNothing() throws {
        let (board, old, new) = try stale()
        func bytes() -> [UInt8] {
            board.memory.copy(
                at: board.layout.jobs, count: board.layout.ringsStart - board.layout.jobs)
        }
        let before = bytes()
        let attention = board.region.attention(slot: 0)
        board.stop(old)
        board.finish(old)
        board.beat(old)
        board.send(signal: 9, to: old)
        #expect(!board.reap(old))
        for state in [PartState.none, .wanted, .running, .exited, .refused] {
            #expect(!board.advance(old, rank: 0, from: state, to: .running, status: 3, pid: 4))
        }
        #expect(bytes() == before)
        #expect(board.region.attention(slot: 0) == attention)
        #expect(board.state(new) == .posted)
    }

    @Test func anOldTicketSaysThatItIsOver() throws {
        let (board, old, _) = try stale()
        #expect(board.state(old) == .free)
        #expect(board.part(old, rank: 0).state == .none)
        #expect(board.isOver(board.part(old, rank: 0)))
        #expect(board.rank(of: 0, incarnation: 7, in: old) == nil)
        #expect(board.payload(old) == nil)
    }

    @Test func aSlotTakenFromItsLauncherIsNotPosted() throws {
        // Somebody reaps the claimed slot while its launcher still fills it, and a third gets it.
        let board = try board(members: 1)
        let thief = Thief(board)
        #expect(throws: JobBoardError.boardFull(slots: 4)) {
            try board.post(request(1), from: host, beforePublishing: thief.steal)
        }
        let stolen = try #require(thief.ticket)
        #expect(board.state(stolen) == .posted)
        board.finish(stolen)
        #expect(board.freeRings == 16 && board.freeSlots == 4)
    }

    private final class Thief {
        let board: JobBoard
        var ticket: JobTicket?
        init(_ board: JobBoard) { self.board = board }

        func steal(_ claimed: JobTicket) {
            #expect(board.reap(claimed))
            ticket = try? board.post(request(1), from: host)
            #expect(ticket?.index == claimed.index)
        }
    }

    // MARK: A rogue

    @Test(arguments: [.max, .max - 1, 1 << 56, (1 << 56) - 1, (1 << 56) - 2, 1 << 63] as [UInt64])
    func anyLastJobGivesANumber(last: UInt64) throws {
        let board = try board(members: 2)
        board.memory.store(last, word: Region.lastJobOffset)
        for _ in 0..<3 {
            let ticket = try board.post(request(2), from: host)
            #expect(ticket.number != 0 && ticket.number < 1 << 56)
            #expect(board.state(ticket) == .posted)
            #expect(board.part(ticket, rank: 1).state == .wanted)
            #expect(board.freeRings == 14)
            board.complete(ticket)
            #expect(board.reap(ticket))
            #expect(board.freeRings == 16 && board.freeSlots == 4)
        }
    }

    @Test(arguments: [65, 1 << 31, .max] as [UInt32])
    func noJobHasMorePartsThanSlots(parts: UInt32) throws {
        let board = try board(members: 2)
        let ticket = try board.post(request(2), from: host)
        board.memory.store32(parts, at: board.layout.job(ticket.index) + 16)
        #expect(board.parts(ticket) == 64)
        board.send(signal: 2, to: ticket)
        #expect(board.rank(of: 1, incarnation: 7, in: ticket) == 1)
        board.complete(ticket)
        #expect(board.reap(ticket))
    }

    @Test(arguments: [8193, 1 << 31, .max] as [UInt32])
    func aPayloadLongerThanItsPlaceIsNone(bytes: UInt32) throws {
        let board = try board(members: 1)
        let ticket = try board.post(request(1), from: host)
        board.memory.store32(bytes, at: board.layout.job(ticket.index) + 24)
        #expect(board.payload(ticket) == nil)
    }

    @Test func everyWordOfEverySlotMayBeAnything() throws {
        let board = try board(members: 4)
        var random = Seeded(5)
        for _ in 0..<60 {
            let at = board.layout.jobs
            board.memory.write(random.bytes(board.layout.ringsStart - at), at: at)
            for index in 0..<board.slots {
                // Such that the slot is in use, and its parts are its own.
                let number = random.next() >> 8
                let state = UInt64.random(in: 0...4, using: &random)
                board.memory.store(number << 8 | state, word: board.layout.job(index))
                for rank in 0..<64 {
                    let state = UInt64.random(in: 0...5, using: &random)
                    board.memory.store(number << 8 | state, word: board.layout.part(index, rank))
                }
                let (ticket, _) = board.look(index)
                _ = board.payload(ticket)
                _ = board.launcher(ticket)
                _ = board.signal(ticket)
                _ = board.rank(of: 3, incarnation: 7, in: ticket)
                for rank in 0..<board.parts(ticket) {
                    let part = board.part(ticket, rank: rank)
                    _ = board.isOver(part)
                    _ = OutputRing(board.region, index: part.ring)
                }
                board.send(signal: 9, to: ticket)
                board.beat(ticket)
                board.stop(ticket)
                _ = board.reap(ticket)
                board.finish(ticket)
                #expect(board.state(ticket) == .free)
            }
        }
    }
}
