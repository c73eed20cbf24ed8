// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion

private let schedules: [TeamSchedule] = [
    .static(), .static(chunk: 1), .static(chunk: 7), .dynamic(), .dynamic(chunk: 5), .guided(),
    .guided(least: 4), .trapezoid(), .trapezoid(first: 9, last: 2),
]

/// Every iteration once, whatever the schedule and the range.
func tryLoops(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let most = 1500
    let done = try me.team.array("conformance.loop", of: UInt32.self, count: most)
    var number = 0
    for _ in 0..<max(1, rounds / 200) {
        for schedule in schedules {
            for count in [0, 1, me.size, 97, most] {
                number += 1
                let lower = [0, -50, Int.max - most, Int.min][number % 4]
                try me.parallelFor(lower..<(lower + count), schedule) { (part) throws(TeamError) in
                    for i in part { done[i - lower] += 1 }
                }
                for i in me.share(of: 0..<most) { try check(done[i] == (i < count ? 1 : 0)) }
                try me.barrier()
                for i in me.share(of: 0..<most) { done[i] = 0 }
                try me.barrier()
            }
        }
    }
    // Loops that nobody waits for overlap.
    for index in 0..<40 {
        try me.parallelFor(0..<30, .dynamic(), wait: false) { (part) throws(TeamError) in
            for i in part { done[30 * index + i] += 1 }
        }
    }
    try me.barrier()
    for i in 0..<1200 { try check(done[i] == 1) }
    try me.barrier()
    for i in me.share(of: 0..<most) { done[i] = 0 }
    try me.barrier()
}

/// What is done in its turn is done in order.
func tryOrderedLoops(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let list = try me.team.array("conformance.ordered", of: Int.self, count: 201)
    for schedule in schedules {
        if me.rank == 0 { list[200] = 0 }
        try me.barrier()
        try me.parallelForOrdered(0..<200, schedule) { (i, order) throws(TeamError) in
            if i % 5 == 4 { return }
            try order.next { () throws(TeamError) in
                list[list[200]] = i
                list[200] += 1
            }
        }
        try check(list[200] == 160)
        var expected = 0
        for place in 0..<160 {
            try check(list[place] == expected)
            expected += expected % 5 == 3 ? 2 : 1
        }
        try me.barrier()
    }
}

/// One thread of all, and one of all for each section.
func trySingles(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let cells = try me.team.array("conformance.single", of: UInt64.self, count: 8)
    if me.rank == 0 { for cell in 0..<8 { cells[cell] = 0 } }
    try me.barrier()
    let rounds = max(1, rounds / 10)
    for round in 1...rounds {
        try me.single { () throws(TeamError) in cells[0] += 1 }
        try check(cells[0] == UInt64(round))
        let drawn = try me.single { () throws(TeamError) -> UInt64 in draw(round) }
        try check(drawn == draw(round))
        try me.sections(5) { (section) throws(TeamError) in cells[1 + section] += 1 }
        for section in 1...5 { try check(cells[section] == UInt64(round)) }
        try me.master { () throws(TeamError) in cells[6] += 1 }
        try me.barrier()
        try check(cells[6] == UInt64(round))
        try me.barrier()
    }
}
