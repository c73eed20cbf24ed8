// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TeamSplitTests {
    /// What a part's thread finds; then the part works, at its own pace.
    private static func use(
        _ part: inout TeamThread, ranks: [Int], outer: Int, rounds: Int
    ) throws(TeamError) {
        guard part.size == ranks.count, ranks[part.rank] == outer else {
            throw .program(code: 1)
        }
        for _ in 0..<rounds {
            let sum = try part.allReduce(Int64(outer), .sum)
            guard sum == Int64(ranks.reduce(0, +)) else { throw .program(code: 2) }
            let count = try part.parallelReduce(
                0..<50, 0, .dynamic(), { $0.count }, combine: +)
            guard count == 50 else { throw .program(code: 3) }
        }
    }

    @Test func coloursBecomeTeams() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let outer = me.rank
            for round in 0..<3 {
                // Ranks 0 2 4, 1 3, and 5 alone in no part.
                let colour = outer == 5 ? nil : outer % 2 - 1
                let ranks = outer % 2 == 0 ? [0, 2, 4] : [1, 3]
                try me.split(colour) { (part) throws(TeamError) in
                    guard part.vms == ranks.count, part.vmRank == part.rank,
                        part.threadInVM == 0, part.threadsPerVM == 1
                    else { throw .program(code: 9) }
                    try Self.use(&part, ranks: ranks, outer: outer, rounds: 10 * (outer % 2 + 1))
                }
                // Of different numbers of threads in each VM.
                let mixed = outer == 0 || outer == 3 ? 7 : 8
                let others = mixed == 7 ? [0, 3] : [1, 2, 4, 5]
                try me.split(mixed) { (part) throws(TeamError) in
                    try Self.use(&part, ranks: others, outer: outer, rounds: round + 1)
                    // And again.
                    let inner = part.rank
                    try part.split(inner / 2) { (pair) throws(TeamError) in
                        let ranks = inner / 2 == 0 ? [0, 1] : [2, 3]
                        try Self.use(&pair, ranks: ranks, outer: inner, rounds: 3)
                    }
                }
                guard try me.allReduce(Int64(1), .sum) == 6 else { throw .program(code: 4) }
            }
        }
        // What the parts had is free again.
        let names = job.region.objects.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["job.\(job.launch.ticket.number).team"])
    }

    @Test func threadsHaveTeamsOfTheirOwn() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let seen = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let outer = me.rank
            if outer != 2 {
                for _ in 0..<3 {
                    try me.nested(threads: 3) { (inner) throws(TeamError) in
                        guard inner.size == 3, inner.vms == 1, inner.threadInVM == inner.rank
                        else { throw .program(code: 1) }
                        let sum = try inner.allReduce(Int64(inner.rank + outer), .sum)
                        guard sum == Int64(3 + 3 * outer) else { throw .program(code: 2) }
                        try inner.parallelFor(0..<10, .dynamic()) { seen.add($0.lowerBound) }
                    }
                }
            }
            try me.barrier()
        }
        #expect(seen.all.sorted() == (0..<90).map { $0 / 9 })
        #expect(job.region.objects.count == 1)
    }

    @Test(arguments: [false, true])
    func anErrorInAPartEndsTheTeam(nested: Bool) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            let outer = me.rank
            if nested {
                if outer == 1 {
                    try me.nested(threads: 2) { (inner) throws(TeamError) in
                        if inner.rank == 1 { throw .program(code: 6) }
                        try inner.barrier()
                    }
                }
                try me.barrier()
            } else {
                try me.split(outer % 2) { (part) throws(TeamError) in
                    if outer == 1 { throw .program(code: 6) }
                    try part.barrier()
                }
            }
        }
        #expect(failures == [.program(code: 6), .sync(.peerFailed(rank: 1))])
    }
}
