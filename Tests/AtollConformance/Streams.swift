// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollSync

/// Half of the threads put numbers in, the others take them out: each comes out once.
func tryQueues(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let queue = try me.team.queue(named: Array("conformance".utf8), capacity: 16)
    let producers = max(1, me.size / 2)
    let consumers = max(1, me.size - producers)
    let each = rounds / 4 + 1
    var sum: Int64 = 0
    try me.barrier()
    if me.rank < producers {
        // Alone, a thread has to take out what it puts in.
        for i in 0..<each {
            try put(&me, UInt64(me.rank * each + i), to: queue)
            if me.size == 1 { sum += Int64(try take(&me, from: queue)) }
        }
    }
    if me.rank >= producers {
        let all = producers * each
        let index = me.rank - producers
        let mine = all / consumers + (index < all % consumers ? 1 : 0)
        for _ in 0..<mine { sum += Int64(try take(&me, from: queue)) }
    }
    let all = Int64(producers * each)
    try check(try me.allReduce(sum, .sum) == all * (all - 1) / 2)
    try check(try me.pop(queue, timeout: 0) == nil)
    try me.barrier()
}

private func put(_ me: inout TeamThread, _ value: UInt64, to queue: TeamQueue) throws(TeamError) {
    while try !me.push(value, to: queue) {}
}

private func take(_ me: inout TeamThread, from queue: TeamQueue) throws(TeamError) -> UInt64 {
    while true { if let value = try me.pop(queue) { return value } }
}

/// The first thread sends numbers to the last, in order.
func tryRings(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let ring = try me.team.ring(named: Array("conformance".utf8), capacity: 8)
    try me.barrier()
    for i in 0..<rounds {
        if me.rank == 0 { while try !me.push(draw(i), to: ring) {} }
        if me.rank == me.size - 1 {
            while true {
                guard let value = try me.pop(ring) else { continue }
                try check(value == draw(i))
                break
            }
        }
    }
    try me.barrier()
}
