// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion

/// A tree of tasks, run by whoever is free; each leaf counted once.
func tryTasks(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let cells = try me.team.array("conformance.tasks", of: Int64.self, count: 8 * me.size)
    let chain = try me.team.array("conformance.chain", of: Int.self, count: 1)
    cells[8 * me.rank] = 0
    if me.rank == 0 { chain[0] = 0 }
    try me.barrier()
    var functions = TaskFunctions()
    let count = functions.declare("count", of: Int.self)
    functions.define(count) { (me, n) throws(TeamError) in
        if n < 2 {
            cells[8 * me.rank] += Int64(n)
            return
        }
        try me.spawn(count, n - 1)
        try me.spawn(count, n - 2)
    }
    let link = functions.declare("link", of: Int.self)
    functions.define(link) { (_, n) throws(TeamError) in
        try check(chain[0] == n)
        chain[0] = n + 1
    }
    for round in 1...3 {
        try me.tasks(functions, capacity: 64) { (me) throws(TeamError) in
            if me.rank == round % me.size { try me.spawn(count, 13) }
            guard me.rank == 0 else { return }
            for n in 0..<50 { try me.spawn(link, 50 * (round - 1) + n, [.writes(0)]) }
        }
        let all = (0..<me.size).reduce(0) { $0 + cells[8 * $1] }
        try check(all == Int64(233 * round))
        try check(chain[0] == 50 * round)
        try me.barrier()
    }
}
