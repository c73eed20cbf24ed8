// SPDX-License-Identifier: Apache-2.0
//
//   atoll-sync-bench barrier|reduce|lock|lock-alone|dynamic|heap|wait|wake ROUNDS      (started by atoll-run)
//
// What one operation of the guest library takes, in nanoseconds: one number, printed by the first thread. Of
// `wait`, the CPU time that the first thread uses while it waits for a second; of `wake`, half of the time from a
// store that wakes the other to its answer.
// Built as guests have it. With ATOLL_BENCH_PIN, each thread keeps to one CPU, in order of rank.

import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem

/// Runs `body` for a tenth of the rounds, to warm up, and then for all; gives the nanoseconds of the latter, from
/// one barrier to the next.
func timed(
    _ me: inout TeamThread, _ rounds: Int, _ body: (inout TeamThread, Int) throws(TeamError) -> Void
) throws(TeamError) -> UInt64 {
    try body(&me, rounds / 10 + 1)
    try me.barrier()
    // Before the barrier that lets the others begin: one that leaves it late must not seem quick.
    let start = MonotonicClock.now()
    try me.barrier()
    try body(&me, rounds)
    try me.barrier()
    return MonotonicClock.now() - start
}

func barriers(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    try timed(&me, rounds) { (me, rounds) throws(TeamError) in
        for _ in 0..<rounds { try me.barrier() }
    }
}

func reductions(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    try timed(&me, rounds) { (me, rounds) throws(TeamError) in
        for _ in 0..<rounds {
            guard try me.allReduce(1.0, .sum) == Double(me.size) else { throw .program(code: 3) }
        }
    }
}

func locks(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    let lock = try me.team.lock("bench")
    let count = try me.team.array("bench", of: UInt64.self, count: 1)
    let took = try timed(&me, rounds) { (me, rounds) throws(TeamError) in
        for _ in 0..<rounds {
            _ = try me.lock(lock)
            count[0] += 1
            try me.unlock(lock)
        }
    }
    let all = UInt64(me.size) * UInt64(rounds + rounds / 10 + 1)
    guard count[0] == all else { throw .program(code: 4) }
    return took / UInt64(me.size)
}

func iterations(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    // A line each: the loop is measured, not its body.
    let done = try me.team.array("done", of: UInt64.self, count: 8 * me.size)
    let mine = 8 * me.rank
    let took = try timed(&me, rounds) { (me, rounds) throws(TeamError) in
        try me.parallelFor(0..<rounds, .dynamic(chunk: 1)) { (_) throws(TeamError) in
            done[mine] += 1
        }
    }
    let all = try me.allReduce(Int64(done[mine]), .sum)
    guard all == Int64(rounds + rounds / 10 + 1) else { throw .program(code: 5) }
    return took
}

/// The trace of trace.h: a window of blocks, of which the oldest makes room for one of another size; every eighth is
/// handed to the other thread, which frees it.
func blocks(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    let (window, places) = (256, 64)
    let heap = try me.team.heap("bench", bytes: 32 << 20)
    var table = HeapBlock(offset: 0)
    if me.rank == 0 { table = try me.allocate(heap, bytes: 8 * places * me.size) }
    let first = try me.broadcast(table, from: 0).offset
    let memory = me.team.region.memory
    if me.rank == 0 { for i in 0..<(places * me.size) { memory.store(0, word: first + 8 * i) } }
    try me.barrier()
    var mine = [Int](repeating: 0, count: window)
    var state = 88_172_645_463_325_252 + UInt64(me.rank)
    let (rank, size) = (me.rank, me.size)
    return try timed(&me, rounds) { (me, rounds) throws(TeamError) in
        for i in 0..<rounds {
            let slot = i & (window - 1)
            if mine[slot] != 0 { try me.free(heap, HeapBlock(offset: mine[slot])) }
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let bytes = 16 + (state >> 8) % (state & 15 == 0 ? 4080 : 240)
            let block = try me.allocate(heap, bytes: Int(bytes))
            memory.store64(1, at: block.offset)
            mine[slot] = block.offset
            guard i & 7 == 0 else { continue }
            let place = i >> 3 & (places - 1)
            // Whoever finds a block in the place frees it: most often the other's.
            let there = first + 8 * (places * ((rank + 1) % size) + place)
            let old = memory.word(at: there).exchange(UInt64(block.offset))
            if old != 0 { try me.free(heap, HeapBlock(offset: Int(old))) }
            mine[slot] = 0
            let got = memory.word(at: first + 8 * (places * rank + place)).exchange(0)
            if got != 0 { try me.free(heap, HeapBlock(offset: Int(got))) }
        }
    }
}

/// All but the first come a second late.
func waits(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    var used: UInt64 = 0
    for _ in 0..<rounds {
        try me.barrier()
        let before = MonotonicClock.usedByThread()
        if me.rank > 0 { MonotonicClock.sleep(nanoseconds: 1_000_000_000) }
        try me.barrier()
        used += MonotonicClock.usedByThread() - before
    }
    return used
}

func wakes(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) -> UInt64 {
    var took: UInt64 = 0
    for _ in 0..<rounds {
        // By then the other sleeps.
        if me.rank == 0 { MonotonicClock.sleep(nanoseconds: 5_000_000) }
        let start = MonotonicClock.now()
        try me.barrier()
        try me.barrier()
        took += MonotonicClock.now() - start
    }
    return took / 2
}

let arguments = Invocation.arguments
let what = arguments.first ?? []
let rounds = Int(arguments.count > 1 ? decimal(arguments[1]) ?? 0 : 0)

func say(_ nanoseconds: UInt64) {
    var line = Text()
    line.add(Double(nanoseconds) / Double(rounds))
    line.add("\n")
    try? line.write()
}

func measure() throws(TeamError) {
    let team = try Team.join()
    try team.run { (me: inout TeamThread) throws(TeamError) in
        let took: UInt64 =
            switch what {
            case Array("barrier".utf8): try barriers(&me, rounds)
            case Array("reduce".utf8): try reductions(&me, rounds)
            case Array("lock".utf8): try locks(&me, rounds)
            case Array("dynamic".utf8): try iterations(&me, rounds)
            case Array("wake".utf8): try wakes(&me, rounds)
            case Array("wait".utf8): try waits(&me, rounds)
            case Array("heap".utf8): try blocks(&me, rounds)
            default: throw .program(code: 2)
            }
        if me.rank == 0 { say(took) }
    }
}

func run() -> Int32 {
    guard rounds > 0 else { return 2 }
    do {
        try measure()
        return 0
    } catch {
        var text = error.text
        text.add("\n")
        try? text.write(to: 2)
        return 1
    }
}

Current.exit(run())
