// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

/// Counter, ring, queue and deque on shared memory, between threads.
struct DataStructureTests {
    private let at = 4096

    @Test func aCounterCountsAll() throws {
        let memory = try sharedMemory()
        _ = try ThreadGroup.run(4) { thread -> Bool in
            let counter = Counter(memory.words(at: at, count: Counter<SharedWords>.bytes))
            for _ in 0..<10_000 { counter.add(thread == 3 ? -1 : 2, slot: thread / 2) }
            return true
        }
        let sum = Counter(memory.words(at: at, count: Counter<SharedWords>.bytes)).sum
        #expect(sum == 50_000)
        // Two members' lines, and no more.
        #expect(memory.load(word: at + 128) == 40_000)
        #expect(memory.load(word: at + 192) == 10_000)
    }

    @Test(arguments: [1, 2, 64])
    func aRingKeepsItsOrder(capacity: Int) throws {
        let memory = try sharedMemory()
        let bytes = Ring<SharedWords>.bytes(capacity: capacity)
        let count: UInt64 = 20_000
        let wrong = try ThreadGroup.run(2) { thread -> Int in
            let ring = Ring(memory.words(at: at, count: bytes), capacity: capacity)
            var waiter = Patience()
            var wrong = 0
            do {
                for i in 1...count {
                    if thread == 0 {
                        try ring.push(i, &waiter)
                    } else if try ring.pop(&waiter) != i {
                        wrong += 1
                    }
                }
            } catch { return -1 }
            return wrong
        }
        #expect(wrong == [0, 0])
    }

    @Test func aFullRingTakesNothing() throws {
        let memory = try sharedMemory()
        let ring = Ring(memory.words(at: at, count: 512), capacity: 2)
        let first = [ring.tryPush(1), ring.tryPush(2), ring.tryPush(3)]
        #expect(first == [true, true, false])
        let count = ring.count
        #expect(count == 2)
        let values = [ring.tryPop(), ring.tryPop(), ring.tryPop()]
        #expect(values == [1, 2, nil])
        var waiter = Impatience()
        #expect(throws: SyncError.timedOut) {
            let ring = Ring(memory.words(at: at, count: 512), capacity: 2)
            return try ring.pop(&waiter)
        }
    }

    @Test(arguments: [1, 2, 128])
    func aQueueGivesEachOnce(capacity: Int) throws {
        let memory = try sharedMemory()
        let dead = Dead()
        let bytes = Queue<SharedWords>.bytes(capacity: capacity)
        let each = 5000
        let got = try ThreadGroup.run(4) { thread -> [UInt64] in
            let queue = Queue(memory.words(at: at, count: bytes), capacity: capacity)
            var waiter = Patience()
            var got: [UInt64] = []
            for i in 0..<each {
                do {
                    if thread < 2 {
                        try queue.push(UInt64(thread * each + i), as: owner(thread), &waiter, dead)
                    } else {
                        got.append(try queue.pop(&waiter, dead))
                    }
                } catch { return [.max] }
            }
            return got
        }
        #expect(Set(got.joined()).count == 2 * each)
        for mine in got {
            for producer in 0..<2 {
                let part = mine.filter { Int($0) / each == producer }
                #expect(part == part.sorted())
            }
        }
    }

    @Test func aQueuePassesOverTheDead() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        let queue = Queue(memory.words(at: at, count: 512), capacity: 2)
        // Claimed in round 0 by one who wrote no more.
        memory.store(1 << 63 | owner(1).word, word: at + 256)
        memory.store(1, word: at + 128)
        let pushed = [
            queue.tryPush(7, as: owner(2), dead), queue.tryPush(8, as: owner(2), dead),
        ]
        #expect(pushed == [true, false])
        let early = queue.tryPop(dead)
        #expect(early == nil)
        dead.declare(owner(1))
        let late = [queue.tryPop(dead), queue.tryPop(dead)]
        #expect(late == [7, nil])
        #expect(memory.load(word: at + 56) == 1)
    }

    @Test(arguments: [4, 256])
    func aDequeGivesEachOnce(capacity: Int) throws {
        let memory = try sharedMemory()
        let bytes = StealingDeque<SharedWords>.bytes(capacity: capacity)
        let count: UInt64 = 20_000
        let over = 64
        let got = try ThreadGroup.run(3) { thread -> [UInt64] in
            let deque = StealingDeque(memory.words(at: at, count: bytes), capacity: capacity)
            var got: [UInt64] = []
            var patience = Patience()
            if thread == 0 {
                for i in 1...count {
                    while !deque.push(i) { if let value = deque.pop() { got.append(value) } }
                    if i % 3 == 0, let value = deque.pop() { got.append(value) }
                }
                while let value = deque.pop() { got.append(value) }
                memory.store(1, word: over)
            } else {
                while true {
                    let isOver = memory.load(word: over) == 1
                    switch deque.steal() {
                    case .value(let value): got.append(value)
                    case .beaten: break
                    case .nothing:
                        if isOver { return got }
                        do { try patience.wait() } catch { return [] }
                    }
                }
            }
            return got
        }
        #expect(got.map(\.count).reduce(0, +) == Int(count))
        #expect(Set(got.joined()) == Set(1...count))
    }
}
