// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync

/// Plain writes before a barrier are seen after it, by all, round after round.
func tryBarriers(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let cells = try me.team.array("conformance", of: UInt64.self, count: 8 * me.size)
    for round in 1...rounds {
        cells[8 * me.rank] = UInt64(round)
        if round % 3 == 0 {
            // In two halves, with work of its own between them.
            let token = try me.arrive()
            try check(draw(round) != draw(round + 1))
            try me.wait(token)
        } else {
            try me.barrier()
        }
        for rank in 0..<me.size { try check(cells[8 * rank] == UInt64(round)) }
        try me.barrier()
    }
}

func tryReductions(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let size = Int64(me.size)
    for round in 1...rounds {
        let mine = Int64(me.rank + round)
        let sum = size * Int64(round) + size * (size - 1) / 2
        try check(try me.allReduce(mine, .sum) == sum)
        try check(try me.allReduce(mine, .minimum) == Int64(round))
        try check(try me.allReduce(mine, .maximum) == Int64(round) + size - 1)
        try check(try me.allReduce(Double(mine), .sum) == Double(sum))
        let all: Int64 = try me.allReduce(Int64(1) << Int64(me.rank % 48), BitReduction.or)
        try check(all == (Int64(1) << min(size, 48)) - 1)
        let root = round % me.size
        try check(try me.broadcast(me.rank * 7, from: root) == root * 7)
        // A type of one's own, of several words.
        let far = try me.allReduce((Double(me.rank), me.rank)) { $0.0 > $1.0 ? $0 : $1 }
        try check(far.1 == me.size - 1)
    }
    try tryParallelReductions(&me, rounds)
}

/// The same bits, however the work is spread: compared with what one thread alone finds.
private func tryParallelReductions(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    func term(_ i: Int) -> Double { Double(draw(i) >> 40) / 3 }
    let count = 1000
    let fixed = try me.parallelReduce(0..<count, 0.0, order: .fixed) { (part) throws(TeamError) in
        part.reduce(0) { $0 + term($1) }
    } combine: {
        $0 + $1
    }
    // 256 parts, sizes differing by one at most, the larger ones first.
    var expected = 0.0
    var start = 0
    for part in 0..<256 {
        let end = start + count / 256 + (part < count % 256 ? 1 : 0)
        expected += (start..<end).reduce(0) { $0 + term($1) }
        start = end
    }
    try check(fixed.bitPattern == expected.bitPattern)
    let whole = try me.parallelReduce(0..<count, Int64(0), .dynamic(chunk: 3)) {
        (part) throws(TeamError) in
        part.reduce(0) { $0 + Int64($1) }
    } combine: {
        $0 + $1
    }
    try check(whole == Int64(count * (count - 1) / 2))
}

func tryCounters(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let counter = try me.team.counter(named: Array("conformance".utf8))
    let before = me.sum(of: counter)
    try me.barrier()
    for round in 1...rounds { me.add(Int64(round), to: counter) }
    try me.barrier()
    let all = me.sum(of: counter) - before
    try check(all == Int64(me.size) * Int64(rounds) * Int64(rounds + 1) / 2)
    try me.barrier()
}
