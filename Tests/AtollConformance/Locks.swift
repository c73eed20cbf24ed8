// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync

/// Two plain words that must be equal whenever nobody holds the lock.
func tryLocks(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let lock = try me.team.lock("conformance")
    let pair = try me.team.array("conformance.pair", of: UInt64.self, count: 16)
    let before = pair[0]
    try me.barrier()
    for round in 0..<rounds {
        switch round % 3 {
        case 0: _ = try me.lock(lock)
        case 1: while try me.tryLock(lock) == nil { try pass(&me) }
        default: while try !timed(me, lock) {}
        }
        try check(pair[0] == pair[8])
        pair[0] += 1
        pair[8] += 1
        try me.unlock(lock)
    }
    try me.barrier()
    try check(pair[0] - before == UInt64(me.size * rounds) && pair[8] == pair[0])
    // What is not held cannot be given back, and what is held not taken again.
    try checkThrows(.sync(.notOwner)) { () throws(TeamError) in try me.unlock(lock) }
    if me.rank == 0 {
        _ = try me.lock(lock)
        try checkThrows(.sync(.notOwner)) { () throws(TeamError) in _ = try me.lock(lock) }
        try me.unlock(lock)
    }
    try me.barrier()
}

/// Where the others may need this vCPU to go on.
private func pass(_ me: inout TeamThread) throws(TeamError) {
    let lock = try me.team.lock("conformance.pass")
    _ = try me.lock(lock)
    try me.unlock(lock)
}

private func timed(_ me: borrowing TeamThread, _ lock: TeamLock) throws(TeamError) -> Bool {
    do throws(TeamError) {
        _ = try me.lock(lock, timeout: 1_000_000)
        return true
    } catch {
        if error == .sync(.timedOut) { return false }
        throw error
    }
}

func checkThrows(
    _ expected: TeamError, line: Int32 = #line, _ body: () throws(TeamError) -> Void
) throws(TeamError) {
    do throws(TeamError) { try body() } catch {
        if error == expected { return }
        throw error
    }
    throw .program(code: line)
}

func tryRecursiveLocks(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let lock = try me.team.lock("conformance.recursive", recursive: true)
    let count = try me.team.array("conformance.recursive", of: UInt64.self, count: 1)
    let before = count[0]
    try me.barrier()
    for round in 0..<rounds {
        let depth = 1 + round % 4
        for _ in 0..<depth { _ = try me.lock(lock) }
        count[0] += 1
        for _ in 0..<depth { try me.unlock(lock) }
    }
    try me.barrier()
    try check(count[0] - before == UInt64(me.size * rounds))
    try checkThrows(.sync(.notOwner)) { () throws(TeamError) in try me.unlock(lock) }
    try me.barrier()
}

func tryCriticalRegions(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let counts = try me.team.array("conformance.critical", of: UInt64.self, count: 16)
    let before = (counts[0], counts[8])
    try me.barrier()
    let rounds = max(1, rounds / 4)
    for _ in 0..<rounds {
        try me.critical("conformance.a") { (_) throws(TeamError) in counts[0] += 1 }
        try me.critical("conformance.b") { (_) throws(TeamError) in counts[8] += 1 }
    }
    try me.barrier()
    try check(counts[0] - before.0 == UInt64(me.size * rounds))
    try check(counts[8] - before.1 == UInt64(me.size * rounds))
    try me.barrier()
}
