// SPDX-License-Identifier: Apache-2.0
//
// A process of a job that does one thing and says so on standard output, line by line: what the
// tests start, and kill. Its environment is that of an agent.

import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem

func say(_ words: String) {
    var line = Text()
    line.add(Array(words.utf8))
    line.add("\n")
    try? line.write()
}

func sleepForEver() -> Never {
    while true { MonotonicClock.sleep(nanoseconds: 1_000_000_000) }
}

func number(_ text: [UInt8]?) -> Int { Int(text.flatMap { decimal($0) } ?? 0) }

let arguments = Invocation.arguments
let count = number(arguments.count > 1 ? arguments[1] : nil)

do throws(TeamError) {
    let team = try Team.join()
    switch String(decoding: arguments.first ?? [], as: UTF8.self) {
    case "hold-lock":
        // Dies between two writes that belong together.
        let lock = try team.lock("probe")
        let data = try team.array("probe", of: Int64.self, count: 2)
        try team.run { (me: inout TeamThread) throws(TeamError) in
            _ = try me.lock(lock)
            data[0] += 1
            say("held")
            sleepForEver()
        }
    case "build-forever":
        let name = Array("probe".utf8)
        let job = team.environment.job
        say("joined")
        _ = try Directory(liveness(of: team)).openOrCreate(name, bytes: 64, job: job) { _, _ in
            say("building")
            sleepForEver()
        }
    case "open":
        let record = try Directory(liveness(of: team)).open(Array("probe".utf8))
        say(record == nil ? "none" : "found")
    case "create":
        // All race for the same names; each object is built once and seen complete by all.
        let directory = Directory(liveness(of: team))
        for index in 0..<count {
            let name = Array("object.\(index)".utf8)
            let job = team.environment.job
            let record = try directory.openOrCreate(name, bytes: 128, job: job) { memory, offset in
                memory.store64(UInt64(Identity.process), at: offset)
                memory.store64(UInt64(Identity.process), at: offset + 120)
            }
            let first = team.region.memory.load64(record.offset)
            let last = team.region.memory.load64(record.offset + 120)
            say("\(index) \(record.offset) \(first) \(first == last)")
        }
    case "create-and-remove":
        let directory = Directory(liveness(of: team))
        for index in 0..<count {
            let name = Array("passing.\(index % 5)".utf8)
            _ = try directory.openOrCreate(name, bytes: 256, job: 0) { _, _ in }
            do throws(TeamError) { try directory.remove(name) } catch  where error == .noSuchObject
            {}
        }
        say("done")
    case "barriers":
        try team.run { (me: inout TeamThread) throws(TeamError) in
            for _ in 0..<count { try me.barrier() }
            if me.threadInVM == 0 { say("passed") }
            // And one more, which not all may reach.
            try me.barrier()
        }
        say("done")
    case "late":
        // Comes to the barrier so many milliseconds after it has said that it will.
        try team.run { (me: inout TeamThread) throws(TeamError) in
            try me.barrier()
            say("waiting")
            MonotonicClock.sleep(nanoseconds: UInt64(count) * 1_000_000)
            try me.barrier()
            say("passed")
        }
    case "count":
        let lock = try team.lock("probe")
        let data = try team.array("probe", of: Int64.self, count: 2)
        try team.run { (me: inout TeamThread) throws(TeamError) in
            for _ in 0..<count {
                try me.withLock(lock) { acquisition in
                    if acquisition == .ownerDied { say("owner died") }
                    data[0] += 1
                    data[1] += 1
                }
            }
        }
        say("\(data[0]) \(data[1])")
    case "restart":
        // One process, if told so, stays in a chunk for ever.
        let isVictim = Invocation.variable("PROBE_VICTIM") != nil
        let data = try team.array("probe", of: Int64.self, count: count)
        say("joined")
        try team.run { (me: inout TeamThread) throws(TeamError) in
            let lost = try me.parallelForRestartable(0..<count, chunk: 3) { (me, chunk) in
                for i in chunk {
                    if isVictim {
                        if me.threadInVM == 0 { say("in a chunk") }
                        sleepForEver()
                    }
                    data[i] = Int64(i)
                }
            }
            let wrong = (0..<count).count { data[$0] != Int64($0) }
            let sum = try me.parallelReduce(
                0..<count, 0, .dynamic(), { $0.reduce(0, +) }, combine: +)
            if me.threadInVM == 0 {
                say(
                    "lost \(lost.nonzeroBitCount) wrong \(wrong) present \(me.presentSize) sum \(sum)"
                )
            }
        }
        say("done")
    case "leave-early":
        say("joined")
    default:
        say("no such probe")
        Current.exit(2)
    }
} catch {
    say("error: \(String(decoding: error.text.bytes, as: UTF8.self))")
    Current.exit(1)
}

func liveness(of team: Team) -> MemberLiveness {
    MemberLiveness(
        region: team.region, slot: team.environment.slot, incarnation: team.environment.incarnation)
}
