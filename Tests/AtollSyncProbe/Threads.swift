// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// Every type over threads of one process, with plain loads and stores of what it protects: what orders
/// too little, the thread sanitizer sees.
enum Threads {
    static let count = 4

    private struct Nobody: Liveness {
        func isLost(_ owner: Owner) -> Bool { false }
    }

    private struct Place: Sendable {
        let memory: SharedMemory
        let data: SharedArray<UInt64>
        let rounds: Int

        func owner(_ thread: Int) -> Owner {
            Owner(slot: thread, incarnation: 1, thread: UInt32(thread + 1))
        }

        func waiter() -> ProbeWaiter { ProbeWaiter(memory, stop: 65528) }
    }

    static func run(rounds: Int) throws(Errno) -> Int32 {
        let tries: [(String, @Sendable (Place, Int) throws(SyncError) -> Bool)] = [
            ("lock", lock), ("recursive lock", recursive), ("read-write lock", readWrite),
            ("semaphore", semaphore), ("once", once), ("latch", latch), ("condition", condition),
            (
                "central barrier",
                { (place, thread) throws(SyncError) in
                    try barrier(place, thread, vms: 2, .central)
                }
            ),
            (
                "barrier of one VM",
                { (place, thread) throws(SyncError) in
                    try barrier(place, thread, vms: 1, .central)
                }
            ),
            (
                "dissemination barrier",
                { (place, thread) throws(SyncError) in
                    try barrier(place, thread, vms: 4, .dissemination)
                }
            ),
        ]
        var code: Int32 = 0
        for (name, body) in tries {
            let file = try OwnedFD(anonymous: "atoll-threads")
            try file.setSize(65536)
            let memory = SharedMemory(try Mapping(file, count: 65536))
            let place = Place(
                memory: memory, data: SharedArray(memory, at: 32768, count: 1024), rounds: rounds)
            Latch.build(memory.words(at: 128, count: 128), at: 0, count: count)
            let results = try ThreadGroup.run(count) { thread -> Bool in
                do throws(SyncError) { return try body(place, thread) } catch { return false }
            }
            let isRight = results.allSatisfy { $0 }
            say("\(name): \(isRight ? "right" : "WRONG")")
            if !isRight { code = 1 }
        }
        return code
    }

    private static func lock(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        let lock = CountedLock(place.memory.words(at: 0, count: 128), at: 0)
        var waiter = place.waiter()
        for _ in 0..<place.rounds {
            _ = try lock.lock(as: place.owner(thread), &waiter, Nobody())
            place.data[0] += 1
            try lock.unlock(as: place.owner(thread))
        }
        return try all(place, thread, UInt64(place.rounds * count))
    }

    private static func recursive(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        let lock = RecursiveLock(place.memory.words(at: 0, count: 128), at: 0)
        var waiter = place.waiter()
        let me = place.owner(thread)
        for _ in 0..<place.rounds {
            _ = try lock.lock(as: me, &waiter, Nobody())
            _ = try lock.lock(as: me, &waiter, Nobody())
            place.data[0] += 1
            try lock.unlock(as: me)
            try lock.unlock(as: me)
        }
        return try all(place, thread, UInt64(place.rounds * count))
    }

    private static func readWrite(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        let lock = ReadWriteLock(place.memory.words(at: 8192, count: 4096), at: 0, places: 3)
        var waiter = place.waiter()
        let me = place.owner(thread)
        var isRight = true
        for round in 0..<place.rounds {
            if round % 4 == thread {
                _ = try lock.lock(as: me, &waiter, Nobody())
                place.data[0] += 1
                place.data[1] += 1
                try lock.unlock(as: me)
            } else {
                let hold = try lock.lockShared(as: me, hint: thread, &waiter, Nobody())
                if place.data[0] != place.data[1] { isRight = false }
                try lock.unlockShared(hold, as: me)
            }
        }
        let whole = place.rounds / 4 * 4 == place.rounds
        return try all(place, thread, whole ? UInt64(place.rounds) : nil) && isRight
    }

    /// One permit: as a lock.
    private static func semaphore(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        let semaphore = Semaphore(place.memory.words(at: 8192, count: 256), at: 0, permits: 1)
        var waiter = place.waiter()
        for _ in 0..<place.rounds {
            let permit = try semaphore.acquire(as: place.owner(thread), &waiter, Nobody())
            place.data[0] += 1
            try semaphore.release(permit, as: place.owner(thread))
        }
        return try all(place, thread, UInt64(place.rounds * count))
    }

    private static func once(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        var waiter = place.waiter()
        for index in 0..<128 {
            let once = Once(place.memory.words(at: 8192 + 128 * index, count: 128), at: 0)
            if try once.begin(as: place.owner(thread), &waiter, Nobody()) == .run(.clean) {
                place.data[index] += 1
                try once.finish(as: place.owner(thread))
            }
            if place.data[index] != 1 { return false }
        }
        return true
    }

    private static func latch(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        let latch = Latch(place.memory.words(at: 128, count: 128), at: 0)
        var waiter = place.waiter()
        place.data[thread] = 1
        try latch.countDown()
        try latch.wait(&waiter)
        return (0..<count).allSatisfy { place.data[$0] == 1 }
    }

    /// Two make items, two take them.
    private static func condition(_ place: Place, _ thread: Int) throws(SyncError) -> Bool {
        let condition = Condition(place.memory.words(at: 8192, count: 128), at: 0)
        let lock = CountedLock(place.memory.words(at: 0, count: 128), at: 0)
        let me = place.owner(thread)
        var waiter = place.waiter()
        for round in 0..<place.rounds {
            if thread < 2 {
                _ = try lock.lock(as: me, &waiter, Nobody())
                place.data[1] += 1
                try lock.unlock(as: me)
                if round % 2 == 0 { condition.notifyOne() } else { condition.notifyAll() }
                continue
            }
            while true {
                let key = condition.prepare()
                _ = try lock.lock(as: me, &waiter, Nobody())
                let isThere = place.data[1] > 0
                if isThere { place.data[1] -= 1 }
                try lock.unlock(as: me)
                if isThere {
                    condition.cancel()
                    break
                }
                try condition.wait(key, &waiter)
            }
        }
        return try all(place, thread, 0)
    }

    private static func barrier(
        _ place: Place, _ thread: Int, vms: Int, _ algorithm: BarrierAlgorithm
    ) throws(SyncError) -> Bool {
        let layout = BarrierLayout(vms: vms, size: count)
        let barrier = Barrier(
            place.memory.words(at: 8192, count: layout.bytes), at: 0, layout,
            BarrierPlace(rank: thread, threadsPerVM: count / vms), algorithm)
        var seat = BarrierSeat()
        var waiter = place.waiter()
        for round in 1...UInt64(place.rounds) {
            place.data[8 + thread] = round
            try barrier.wait(&seat, &waiter)
            for other in 0..<count where place.data[8 + other] != round { return false }
            let sum = try barrier.allReduce(round, .sum, inOrder: round % 2 == 0, &seat, &waiter)
            if sum != round * UInt64(count) { return false }
            try barrier.wait(&seat, &waiter) { place.data[0] += 1 }
            if place.data[0] != round { return false }
            try barrier.wait(&seat, &waiter)
        }
        return true
    }

    /// Once all have come, whether the count is what it must be.
    private static func all(_ place: Place, _ thread: Int, _ expected: UInt64?) throws(SyncError)
        -> Bool
    {
        let latch = Latch(place.memory.words(at: 128, count: 128), at: 0)
        var waiter = place.waiter()
        try latch.countDown()
        try latch.wait(&waiter)
        guard let expected else { return true }
        return place.data[0] == (expected == 0 ? 0 : expected)
            && (expected != 0 || place.data[1] == 0)
    }
}
