// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// Commands: a rogue's writes, and the work of host and agents between them.
struct RegionFuzz {
    private static let memory = RegionUnderTest()

    private let test: RegionUnderTest
    private let region: Region
    private let board: JobBoard
    private var launches: [JobLaunch] = []
    private var tickets: [JobTicket] = []
    private var held: [ObjectRecord] = []
    private var now: UInt64 = 1 << 40

    static func run(_ bytes: [UInt8]) {
        // Shared by all inputs: libFuzzer has one thread, and the tests run this entry in one.
        let test = memory
        test.restore()
        guard let region = try? Region.open(test.memory) else {
            return promise(false, "a fresh region opens")
        }
        var fuzz = RegionFuzz(test: test, region: region, board: JobBoard(region))
        var input = Input(bytes)
        // Bounded, since the time of one input should be.
        for _ in 0..<200 where !input.isEmpty { fuzz.step(&input) }
        RegionWalk(region: region).all()
        fuzz.end()
    }

    private init(test: RegionUnderTest, region: Region, board: JobBoard) {
        self.test = test
        self.region = region
        self.board = board
        tickets.append(board.look(0).ticket)
    }

    private mutating func step(_ input: inout Input) {
        switch input.byte() % 20 {
        case 0...7: test.scribble(&input)
        case 8: open(&input)
        case 9: RegionWalk(region: region).members()
        case 10: RegionWalk(region: region).objects()
        case 11: RegionWalk(region: region).jobs()
        case 12: place(&input)
        case 13: free(&input)
        case 14: launch(&input)
        case 15: poll(&input)
        case 16: useTicket(&input)
        case 17: assign(&input)
        case 18: writeOutput(&input)
        default: advance(&input)
        }
    }

    private func open(_ input: inout Input) {
        let evenDraining = input.byte() & 1 == 0
        if let opened = try? Region.open(test.memory, evenDraining: evenDraining) {
            promise(opened.layout == test.layout, "one size has one layout")
            RegionWalk(region: opened).header()
        }
        try? Region.probe(test.memory, bytes: input.word())
    }

    private mutating func place(_ input: inout Input) {
        let bytes = Int(truncatingIfNeeded: input.word())
        guard
            let made = region.placeObject(
                name: input.bytes(2), bytes: bytes, job: input.word(), builder: 1)
        else { return }
        promise(made.bytes == bytes && made.offset >= test.layout.arena, "as was asked")
        if input.byte() & 1 == 0 { _ = region.publishObject(made) }
        held.append(made)
    }

    private mutating func free(_ input: inout Input) {
        if input.byte() & 1 == 0 { return region.freeObjects(of: input.word()) }
        guard !held.isEmpty else { return }
        region.freeObject(held.remove(at: input.number(below: held.count)))
    }

    private mutating func launch(_ input: inout Input) {
        guard launches.count < 4 else { return }
        var request = RegionUnderTest.request
        request.members.append((slot: Int(input.byte()) - 1, incarnation: 7))
        let launcher = JobLauncher(
            slot: nil, incarnation: 0, leaseMilliseconds: input.byte() == 0 ? .max : 1000)
        guard let made = try? JobLaunch(request, on: board, from: launcher, now: now) else {
            return
        }
        promise(made.ticket.number > 0, "a job has a number")
        launches.append(made)
        tickets.append(made.ticket)
    }

    private mutating func poll(_ input: inout Input) {
        guard !launches.isEmpty else { return }
        let index = input.number(below: launches.count)
        now &+= input.word() >> 16
        let events = launches[index].poll(now: now)
        promise(events.count <= 3 * 66, "one poll has an end")
        if input.byte() & 7 == 0 { launches[index].stop() }
    }

    private mutating func useTicket(_ input: inout Input) {
        let ticket = tickets[input.number(below: tickets.count)]
        switch input.byte() % 5 {
        case 0: board.send(signal: Int32(truncatingIfNeeded: input.word()), to: ticket)
        case 1: board.stop(ticket)
        case 2: _ = board.reap(ticket)
        case 3: board.finish(ticket)
        default: board.beat(ticket)
        }
    }

    private mutating func assign(_ input: inout Input) {
        let slot = input.number(below: RegionLayout.memberSlots)
        switch input.byte() % 6 {
        case 0: region.assign(slot: slot, vm: region.identity.region, incarnation: 7, name: [])
        case 1: region.markLost(slot: slot)
        case 2: region.clear(slot: slot)
        case 3: region.setDraining(input.byte() & 1 == 0)
        case 4: region.leave(slot: slot)
        default: region.beat(slot: slot)
        }
    }

    private mutating func writeOutput(_ input: inout Input) {
        let ticket = tickets[input.number(below: tickets.count)]
        let part = board.part(ticket, rank: input.number(below: RegionLayout.memberSlots))
        guard var ring = OutputRing(region, index: part.ring) else { return }
        for _ in 0..<input.number(below: 80) {
            _ = ring.write(stream: 1, input.bytes(Int(input.byte() & 3))[...])
        }
    }

    private mutating func advance(_ input: inout Input) {
        let states = [PartState.none, .wanted, .running, .exited, .refused]
        _ = board.advance(
            tickets[input.number(below: tickets.count)],
            rank: input.number(below: RegionLayout.memberSlots),
            from: states[input.number(below: 5)],
            to: states[input.number(below: 5)], status: UInt32(truncatingIfNeeded: input.word()))
    }

    /// Whatever is written where: a job that is asked to stop is over after a while.
    private mutating func end() {
        for index in launches.indices {
            launches[index].stop()
            var polls = 0
            while !launches[index].isOver {
                now &+= 100_000_000
                _ = launches[index].poll(now: now)
                polls += 1
                promise(polls < 10_000, "a stopped job ends")
            }
            launches[index].finish()
        }
    }
}
