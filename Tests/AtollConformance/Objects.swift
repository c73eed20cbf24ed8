// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync

/// Readers see whole writes; writers are alone.
func tryReadWriteLocks(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let lock = try me.team.readWriteLock("conformance")
    let pair = try me.team.array("conformance.shared", of: UInt64.self, count: 16)
    let before = pair[0]
    try me.barrier()
    var written = 0
    for round in 0..<rounds {
        if (round + me.rank) % 4 == 0 {
            _ = try me.lock(lock)
            try check(pair[0] == pair[8])
            pair[0] += 1
            pair[8] += 1
            try me.unlock(lock)
            written += 1
        } else {
            let hold = try me.lockShared(lock)
            try check(pair[0] == pair[8])
            try me.unlockShared(lock, hold)
        }
    }
    let all = try me.allReduce(Int64(written), .sum)
    try check(pair[0] - before == UInt64(all) && pair[8] == pair[0])
    try me.barrier()
}

/// Never more inside than there are permits; what is signalled is taken once.
func trySemaphores(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let semaphore = try me.team.semaphore("conformance", permits: 2)
    let inside = try me.team.counter(named: Array("conformance.inside".utf8))
    let goods = try me.team.semaphore("conformance.goods", permits: 4, free: 0)
    try me.barrier()
    for _ in 0..<(rounds / 4 + 1) {
        let permit = try me.acquire(semaphore)
        me.add(1, to: inside)
        let now = me.sum(of: inside)
        try check(now >= 1 && now <= 2)
        me.add(-1, to: inside)
        try me.release(semaphore, permit)
    }
    try me.barrier()
    // One makes, all take: each good is taken once.
    if me.rank == 0 {
        for _ in 0..<4 { try me.signal(goods) }
    }
    try me.barrier()
    var taken: Int64 = 0
    while let permit = me.tryAcquire(goods) {
        try me.consume(goods, permit)
        taken += 1
    }
    try check(try me.allReduce(taken, .sum) == 4)
}

/// Threads take turns by a condition: none is forgotten.
func tryConditions(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let lock = try me.team.lock("conformance.turn")
    let condition = try me.team.condition("conformance.turn")
    let turn = try me.team.array("conformance.turn", of: Int.self, count: 1)
    if me.rank == 0 { turn[0] = 0 }
    try me.barrier()
    let (rank, size) = (me.rank, me.size)
    for _ in 0..<(rounds / 10 + 1) {
        _ = try me.lock(lock)
        _ = try me.wait(condition, lock) { () throws(TeamError) in turn[0] % size != rank }
        turn[0] += 1
        try me.unlock(lock)
        me.notifyAll(condition)
    }
    try me.barrier()
    try check(turn[0] == size * (rounds / 10 + 1))
    try me.barrier()
}

func tryOnces(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let cells = try me.team.array("conformance.once", of: Int.self, count: 8)
    for index in 0..<8 {
        let once = try me.team.once(named: Array("conformance.\(index)".utf8))
        for _ in 0..<3 {
            try me.once(once) { (acquisition) throws(TeamError) in
                try check(acquisition == .clean)
                cells[index] += 1
            }
            try check(cells[index] == 1)
        }
    }
    try me.barrier()
}

func tryLatches(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let most = 8
    let cells = try me.team.array("conformance.latch", of: Int.self, count: most * me.size)
    for round in 0..<min(rounds, most) {
        let latch = try me.team.latch(named: Array("conformance.\(round)".utf8), count: me.size)
        cells[round * me.size + me.rank] = round + 1
        try me.countDown(latch)
        try me.wait(latch)
        for rank in 0..<me.size { try check(cells[round * me.size + rank] == round + 1) }
    }
    try me.barrier()
}

/// Of few sizes: each thread has a page for each class of sizes, and there shall be room for many threads.
private func blockBytes(_ number: UInt64, _ round: Int) -> Int {
    if round % 8 == 0 { return 40_000 + Int(number % 1000) * 8 }
    return [16, 40, 200, 1000][Int(number % 4)]
}

/// Blocks do not overlap, whoever allocates and whoever frees.
func tryHeaps(_ me: inout TeamThread, _ rounds: Int) throws(TeamError) {
    let heap = try me.team.heap("conformance", bytes: 4 << 20)
    let handed = try me.team.array("conformance.heap", of: HeapBlock.self, count: 8 * me.size)
    let (rank, size) = (me.rank, me.size)
    for round in 0..<(rounds / 4 + 1) {
        let number = draw(round * size + rank)
        let bytes = blockBytes(number, round)
        let block = try me.allocate(heap, bytes: bytes)
        let words = try me.array(heap, block, of: UInt64.self, count: bytes / 8)
        for i in 0..<words.count { words[i] = number }
        handed[8 * rank] = block
        try me.barrier()
        // The next thread's: it must be as that one left it, and is freed here.
        let other = (rank + 1) % size
        let theirs = draw(round * size + other)
        let count = blockBytes(theirs, round) / 8
        let found = try me.array(heap, handed[8 * other], of: UInt64.self, count: count)
        for i in 0..<count { try check(found[i] == theirs) }
        let freed = handed[8 * other]
        try me.free(heap, freed)
        try me.barrier()
    }
    try check(me.team.statistics(of: heap).blocks == 0)
    try me.barrier()
    // Once is enough, and what is no block is none.
    if rank == 0 {
        let block = try me.allocate(heap, bytes: 64)
        try me.free(heap, block)
        var refused = 0
        do throws(TeamError) { try me.free(heap, block) } catch { refused += 1 }
        let inner = HeapBlock(offset: block.offset + 8)
        do throws(TeamError) { try me.free(heap, inner) } catch { refused += 1 }
        try check(refused == 2)
    }
    try me.barrier()
}
