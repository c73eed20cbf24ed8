// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TeamSingleTests {
    @Test(arguments: [true, false])
    func oneThreadAlone(wait: Bool) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let count = try me.team.array("count", of: Int64.self, count: 101)
            var mine: Int64 = 0
            for round in 0..<100 {
                if try me.single(wait: wait, { count[round] += 1 }) { mine += 1 }
                // Seen by all, if they waited.
                if wait, count[round] != 1 { throw .program(code: 1) }
            }
            let all = try me.allReduce(mine, .sum)
            guard all == 100, (0..<100).allSatisfy({ count[$0] == 1 }) else {
                throw .program(code: 2)
            }
        }
    }

    @Test func oneThreadGivesAValueToAll() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let made = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let rank = me.rank
            for round in 0..<200 {
                let value = try me.single(broadcasting: { () throws(TeamError) -> [2 of Int] in
                    made.add(round)
                    return [round, rank]
                })
                guard value[0] == round, (0..<4).contains(value[1]) else {
                    throw .program(code: 1)
                }
                // Loops without a barrier between them: descriptors are used by others meanwhile.
                for _ in 0..<(round % 10) {
                    try me.parallelFor(0..<3, .dynamic(), wait: false) { _ in }
                }
            }
        }
        #expect(made.all == Array(0..<200))
    }

    @Test func sectionsAreDoneOnce() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let seen = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            for count in [0, 1, 5] {
                try me.sections(count) { seen.add(count * 10 + $0) }
                try me.sections(count, wait: false) { seen.add(100 + count * 10 + $0) }
            }
        }
        let expected = [10, 50, 51, 52, 53, 54]
        #expect(seen.all.sorted() == expected + expected.map { $0 + 100 })
    }

    @Test func theMasterIsTheFirst() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let seen = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let rank = me.rank
            try me.master { () throws(TeamError) in seen.add(rank) }
        }
        #expect(seen.all == [0])
    }

    @Test func criticalRegionsOfOneNameExcludeEachOther() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let data = try me.team.array("d", of: Int64.self, count: 2)
            for _ in 0..<500 {
                try me.critical("one") { _ in data[0] += 1 }
                try me.critical("two") { _ in data[1] += 1 }
            }
            do throws(TeamError) {
                try me.critical("one") { _ throws(TeamError) in throw .program(code: 9) }
            } catch  where error == .program(code: 9) {}
            // Regions of two names do not.
            try me.critical("one") { _ throws(TeamError) in
                if data[0] < 2 { throw .program(code: 1) }
            }
            try me.barrier()
            if data[0] != 2000 || data[1] != 2000 { throw .program(code: 2) }
        }
    }
}
