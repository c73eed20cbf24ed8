// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

@Suite struct JobBoardTests {
    @Test func whatIsPostedIsRead() throws {
        let board = try board(members: 3)
        let request = JobRequest(
            payload: JobPayload(
                directory: Array("/tmp".utf8), arguments: [Array("a".utf8), Array("b".utf8)],
                environment: [Array("C=d".utf8)]),
            members: [(slot: 2, incarnation: 7), (slot: 0, incarnation: 7)], threadsPerVM: 5)
        let launcher = JobLauncher(slot: 1, incarnation: 7, leaseMilliseconds: 2500)
        let ticket = try board.post(request, from: launcher)
        #expect(ticket == JobTicket(index: 0, number: 1))
        #expect(board.look(0).ticket == ticket)
        #expect(board.state(ticket) == .posted)
        #expect(board.payload(ticket) == request.payload)
        #expect(board.launcher(ticket) == launcher)
        #expect(board.parts(ticket) == 2)
        #expect(board.threadsPerVM(ticket) == 5)
        #expect(board.epoch(ticket) == board.region.epoch)
        #expect(
            board.part(ticket, rank: 0)
                == JobPart(slot: 2, incarnation: 7, ring: 0, state: .wanted, status: 0))
        #expect(board.part(ticket, rank: 1).slot == 0)
        #expect(board.part(ticket, rank: 1).ring == 1)
        #expect(board.rank(of: 2, incarnation: 7, in: ticket) == 0)
        #expect(board.rank(of: 0, incarnation: 7, in: ticket) == 1)
        #expect(board.rank(of: 1, incarnation: 7, in: ticket) == nil)
        #expect(board.rank(of: 2, incarnation: 8, in: ticket) == nil)
        // Only those who take part were called.
        #expect((0..<3).map { board.region.attention(slot: $0) } == [1, 0, 1])
    }

    @Test func theHostIsALauncherWithoutASlot() throws {
        let board = try board(members: 1)
        #expect(board.launcher(try board.post(request(1), from: host)) == host)
    }

    @Test func aPartGoesOnlyForward() throws {
        let board = try board(members: 1)
        let ticket = try board.post(request(1), from: host)
        #expect(!board.advance(ticket, rank: 0, from: .running, to: .exited))
        #expect(board.advance(ticket, rank: 0, from: .wanted, to: .running, pid: 12))
        #expect(!board.advance(ticket, rank: 0, from: .wanted, to: .refused, status: 2))
        #expect(board.advance(ticket, rank: 0, from: .running, to: .exited, status: 256))
        #expect(board.part(ticket, rank: 0).state == .exited)
        #expect(board.part(ticket, rank: 0).status == 256)
    }

    @Test func onlyAPostedJobStops() throws {
        let board = try board(members: 1)
        let ticket = try board.post(request(1), from: host)
        board.stop(ticket)
        #expect(board.state(ticket) == .stopping)
        board.stop(ticket)
        #expect(board.state(ticket) == .stopping)
        board.finish(ticket)
        board.stop(ticket)
        #expect(board.state(ticket) == .free)
    }

    @Test func aSignalHasItsNumberInTheRow() throws {
        let board = try board(members: 2)
        let ticket = try board.post(request(2), from: host)
        #expect(board.signal(ticket) == (sequence: 0, number: 0))
        let before = (0..<2).map { board.region.attention(slot: $0) }
        board.send(signal: 2, to: ticket)
        board.send(signal: 15, to: ticket)
        #expect(board.signal(ticket) == (sequence: 2, number: 15))
        #expect((0..<2).map { board.region.attention(slot: $0) } == before.map { $0 + 2 })
    }

    // MARK: Nothing leaks

    @Test(arguments: [1 << 20, 16 << 20])
    func aFinishedJobGivesEverythingBack(bytes: Int) throws {
        let board = try board(members: 4, bytes)
        let rings = board.freeRings
        let slots = board.freeSlots
        for _ in 0..<100 {
            let ticket = try board.post(request(4), from: host)
            #expect(board.freeRings == rings - 4 && board.freeSlots == slots - 1)
            _ = board.region.placeObject(name: [0x61], bytes: 64, job: ticket.number, builder: 0)
            #expect(board.region.objects.count == 1)
            board.complete(ticket)
            board.finish(ticket)
            #expect(board.freeRings == rings && board.freeSlots == slots)
            #expect(board.region.objects.isEmpty)
        }
    }

    @Test func objectsOfOthersStay() throws {
        let board = try board(members: 1)
        for job in [0, 1, 2] as [UInt64] {
            _ = board.region.placeObject(name: [0x61], bytes: 64, job: job, builder: 0)
        }
        let ticket = try board.post(request(1), from: host)
        #expect(ticket.number == 1)
        board.finish(ticket)
        #expect(board.region.objects.map { $0.job } == [0, 2])
    }

    @Test func aFullBoardRefuses() throws {
        let board = try board(members: 1)
        let tickets = try (0..<board.slots).map { _ in try board.post(request(1), from: host) }
        #expect(Set(tickets.map { $0.index }).count == board.slots)
        let rings = board.freeRings
        #expect(throws: JobBoardError.boardFull(slots: 4)) {
            try board.post(request(1), from: host)
        }
        #expect(board.freeRings == rings)
        board.finish(tickets[2])
        #expect(try board.post(request(1), from: host).index == 2)
    }

    @Test func tooFewRingsRefuse() throws {
        let board = try board(members: 9)
        let first = try board.post(request(9), from: host)
        #expect(board.freeRings == 7)
        #expect(throws: JobBoardError.ringsExhausted(needed: 8)) {
            try board.post(request(8), from: host)
        }
        #expect(board.freeRings == 7 && board.freeSlots == board.slots - 1)
        let second = try board.post(request(7), from: host)
        #expect(board.freeRings == 0)
        board.finish(first)
        board.finish(second)
        #expect(board.freeRings == 16 && board.freeSlots == board.slots)
    }

    @Test func aPayloadMayFillItsPlace() throws {
        let board = try board(members: 1)
        // "", "1", the program, "0", each with its NUL.
        let most = board.layout.jobPayload - 6
        let ticket = try board.post(
            request(1, arguments: [String(repeating: "a", count: most)]), from: host)
        #expect(board.payload(ticket)?.arguments.first?.count == most)
        #expect(throws: JobBoardError.payloadTooLarge(bytes: 8193, available: 8192)) {
            try board.post(
                request(1, arguments: [String(repeating: "a", count: most + 1)]), from: host)
        }
        #expect(board.freeSlots == board.slots - 1)
    }

    // MARK: Requests that no board can hold

    static let bad: [JobRequest] = [
        request(0), request(1, arguments: []), request(1, arguments: ["a\u{0}b"]), request(65),
        JobRequest(
            payload: request(1).payload, members: [(slot: -1, incarnation: 7)], threadsPerVM: 1),
        JobRequest(
            payload: request(1).payload, members: [(slot: 64, incarnation: 7)], threadsPerVM: 1),
        // Its agent would find the first of the two and leave the other waiting.
        JobRequest(
            payload: request(1).payload,
            members: [(slot: 3, incarnation: 7), (slot: 3, incarnation: 7)],
            threadsPerVM: 1),
    ]

    @Test(arguments: bad.indices)
    func aBadRequestLeavesNothing(index: Int) throws {
        let board = try board(members: 4, 16 << 20)
        #expect(throws: JobBoardError.badPayload) { try board.post(Self.bad[index], from: host) }
        #expect(board.freeRings == 128 && board.freeSlots == 16)
        #expect(board.memory.load(word: Region.lastJobOffset) == 0)
    }

    @Test(arguments: [Int.min, -1, 0, Int.max])
    func anyNumberOfThreadsCanBeAsked(threads: Int) throws {
        let board = try board(members: 1)
        var asked = request(1)
        asked.threadsPerVM = threads
        let ticket = try board.post(asked, from: host)
        #expect(board.threadsPerVM(ticket) == Int(UInt32(clamping: threads)))
    }

    @Test func allSlotsTakePart() throws {
        let board = try board(members: 64, 16 << 20)
        let ticket = try board.post(request(64), from: host)
        #expect(board.parts(ticket) == 64)
        #expect(board.rank(of: 63, incarnation: 7, in: ticket) == 63)
    }

    // MARK: Many launchers

    @Test(.timeLimit(.minutes(5))) func manyThreadsPostAndFinish() async throws {
        let board = try board(members: 2, 16 << 20)
        let numbers = Numbers()
        await inThreads(8) { thread in
            for _ in 0..<500 {
                guard let ticket = try? board.post(request(2), from: host) else { continue }
                numbers.add(ticket.number)
                // Nobody else has what is ours.
                let rings = (0..<2).map { board.part(ticket, rank: $0).ring }
                let owners = rings.map { board.memory.load(word: board.layout.ring($0)) }
                if owners != [ticket.number, ticket.number] || rings[0] == rings[1] {
                    numbers.fail("job \(ticket.number): rings \(rings) belong to \(owners)")
                }
                if board.state(ticket) != .posted { numbers.fail("job \(ticket.number) is gone") }
                board.complete(ticket)
                board.finish(ticket)
            }
        }
        #expect(numbers.failures == [])
        #expect(numbers.all.count == Set(numbers.all).count)
        #expect(numbers.all.count >= 8 * 400)
        #expect(board.freeRings == 128 && board.freeSlots == 16)
    }
}
