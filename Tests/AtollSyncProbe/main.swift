// SPDX-License-Identifier: Apache-2.0
//
//   atoll-sync-probe killer [--rounds N] [--seed N] [--barriers PER CENT] [--fault NAME]
//   atoll-sync-probe threads [--rounds N]
//   atoll-sync-probe transfers
//
// What the synchronisation types promise, tried by processes that are killed at random instants (a fifth of the
// rounds are barriers, unless said otherwise), or by threads of one process over plain data, for the thread
// sanitizer. Exit code 0: all promises kept. --fault breaks something on purpose: it must be noticed.
// The third form counts how often cache lines move in a barrier of up to 4096 threads.

import AtollRegion
import AtollSync
import AtollSystem

func say(_ words: String, to descriptor: Int32 = 1) {
    var line = Text()
    line.add(Array(words.utf8))
    line.add("\n")
    try? line.write(to: descriptor)
}

func option(_ name: String) -> [UInt8]? {
    let arguments = Invocation.arguments
    guard let index = arguments.firstIndex(of: Array(name.utf8)), index + 1 < arguments.count else {
        return nil
    }
    return arguments[index + 1]
}

func number(_ name: String, _ otherwise: UInt64) -> UInt64 {
    option(name).flatMap { decimal($0) } ?? otherwise
}

func kill() throws(Errno) -> Int32 {
    let rounds = Int(number("--rounds", 10_000))
    let seed = number("--seed", MonotonicClock.now() | 1)
    let name = option("--fault").map { String(decoding: $0, as: UTF8.self) } ?? "none"
    guard rounds > 0, let fault = Fault(rawValue: name) else { return 2 }
    let patience: UInt64 = fault == .none ? 30 : 2
    var barriers = try BarrierKiller(fault, seed: seed, patience: patience)
    var killer = try Killer(fault, seed: seed, patience: patience)
    let start = MonotonicClock.now()
    let share = rounds * Int(min(number("--barriers", 20), 100)) / 100
    var wrong = try barriers.run(rounds: share)
    if wrong == nil && share < rounds { wrong = try killer.run(rounds: rounds - share) }
    if let wrong {
        say("seed \(seed): \(wrong)")
        return 1
    }
    let milliseconds = (MonotonicClock.now() - start) / 1_000_000
    say("\(rounds) rounds in \(milliseconds) ms, seed \(seed)")
    say("\(barriers.rounds) barriers went on without the lost, over \(barriers.passes) rounds")
    say(killer.summary)
    return 0
}

do throws(Errno) {
    switch Invocation.arguments.first.map({ String(decoding: $0, as: UTF8.self) }) {
    case "killer": Current.exit(try kill())
    case "threads": Current.exit(try Threads.run(rounds: Int(number("--rounds", 2000))))
    case "transfers": Transfers.table { say($0) }
    default:
        say("usage: atoll-sync-probe killer|threads|transfers [--rounds N] [--seed N] ...", to: 2)
        Current.exit(2)
    }
} catch {
    say("errno \(error.code)", to: 2)
    Current.exit(3)
}
