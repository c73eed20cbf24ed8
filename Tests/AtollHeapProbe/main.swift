// SPDX-License-Identifier: Apache-2.0
//
//   atoll-heap-probe ROUNDS SEED [stealing|forgetting]
//
// Two processes use one heap; in each round, one of them is killed at a random instant, another takes its
// place, and what it had is freed by its journal. In the end, the heap holds no more blocks than processes
// were killed (each had at most one in its hands), and all pages are accounted for. 100,000 rounds:
// atoll-heap-probe 100000 1

import AtollRegion
import AtollSync
import AtollSystem

func say(_ words: String) {
    var line = Text()
    line.add(Array(words.utf8))
    line.add("\n")
    try? line.write()
}

func stop(_ why: String) -> Never {
    say("FAILED: \(why)")
    Current.exit(1)
}

func check(_ arena: HeapArena) {
    switch HeapArena.Failure(rawValue: arena.memory.load(word: HeapArena.failure)) {
    case nil: return
    case .noSeat: stop("no seat")
    case .givenTwice: stop("a block was given twice")
    case .overwritten: stop("a block that is taken was overwritten")
    case .refused: stop("a block was refused when it was freed")
    }
}

func number(_ index: Int, _ otherwise: Int) -> Int {
    let words = Invocation.arguments
    guard index < words.count else { return otherwise }
    return Int(String(decoding: words[index], as: UTF8.self)) ?? otherwise
}

/// What the killed process had by its journal, given back by the survivor.
func bury(_ arena: HeapArena, _ place: Int, _ seat: HeapSeat) {
    let memory = arena.memory
    let heap = Heap(arena.memory.words(at: HeapArena.heap, count: HeapArena.heapBytes))
    let dead = memory.load(word: HeapArena.alive(place))
    memory.store(0, word: HeapArena.alive(place))
    for index in 0..<64 {
        let entry = HeapArena.entry(place, index)
        let block = Int(memory.load64(entry))
        memory.store64(0, at: entry)
        // Not its stamp any more: it had begun to give the block away.
        let stamp = dead << 32 | UInt64(entry)
        guard block != 0,
            memory.compareExchange(stamp, 0, word: HeapArena.heap + block) == stamp
        else { continue }
        do { try heap.free(block, seat) } catch { stop("\(error) of the journal") }
    }
}

func end(_ child: Int32) throws {
    try Signal.send(Signal.kill, to: child)
    _ = try Child.reap(child)
}

func start(_ arena: HeapArena, _ place: Int, _ id: inout UInt64) throws -> Int32 {
    id += 1
    arena.memory.store(id, word: HeapArena.alive(place))
    let parent = Identity.process
    let child = try Child.fork()
    if child == 0 {
        // Nobody would end it otherwise, where the parent has found a fault.
        try? Current.dieWithParent(Signal.kill, parent: parent)
        HeapUser(arena: arena, place: place, id: id).run()
        Current.exit(0)
    }
    return child
}

func killAll(_ arena: HeapArena, _ rounds: Int, _ seed: Int) throws {
    var random = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1

    let memory = arena.memory
    let heap = Heap(arena.memory.words(at: HeapArena.heap, count: HeapArena.heapBytes))
    // The survivor sits in the last place.
    let last = HeapArena.places - 1
    memory.store(1, word: HeapArena.alive(last))
    let me = HeapUser.owner(last, 1)
    let seat = try heap.join(as: me, arena)
    var children = [Int32](repeating: 0, count: last)
    var id: UInt64 = 1

    for place in 0..<last { children[place] = try start(arena, place, &id) }
    for _ in 0..<rounds {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        MonotonicClock.sleep(nanoseconds: random >> 16 & 0x7ffff)
        let place = Int(random >> 40) % last
        if Child.hasEnded(children[place]) { check(arena) }
        try end(children[place])
        bury(arena, place, seat)
        check(arena)
        if random >> 50 & 7 == 0 { _ = heap.reclaim(seat, as: me, arena) }
        children[place] = try start(arena, place, &id)
    }
    for place in 0..<last {
        try end(children[place])
        bury(arena, place, seat)
    }
    check(arena)
    let left = Int(memory.word(at: HeapArena.handed).exchange(0))
    if left != 0 { try heap.free(left, seat) }
    let kills = rounds + last
    _ = heap.reclaim(seat, as: me, arena)
    let end = heap.statistics
    let small = heap.classes.map(\.pages).reduce(0, +)
    if end.freePages + end.largePages + small != heap.pages {
        stop(
            "\(end.freePages) free, \(end.largePages) of runs, \(small) small of \(heap.pages) pages"
        )
    }
    if end.blocks > kills { stop("\(end.blocks) blocks left by \(kills) deaths") }
    if end.seats != 1 { stop("\(end.seats) seats taken by one process") }
    say(
        "\(kills) killed, \(end.blocks) blocks left in their hands, \(end.reclaimedPages) pages reclaimed"
    )
}

do {
    let fault = Invocation.arguments.count > 2 ? Invocation.arguments[2] : []
    let broken = HeapArena.Fault(rawValue: String(decoding: fault, as: UTF8.self)) ?? .none
    try killAll(try HeapArena(broken), number(0, 1000), number(1, 1))
} catch { stop("\(error)") }
