// SPDX-License-Identifier: Apache-2.0
//
//   atoll-sync-bench barrier|reduce|lock|lock-alone|dynamic|heap ROUNDS      (started by atoll-run)
//
// What one operation of the guest library takes, in nanoseconds: one number, printed by the first thread.
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
