// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

/// What one thread sees of ``Once``, ``Latch``, ``Semaphore`` and ``Condition``; what several see is in the
/// model and in the conformance suite.
struct SmallTypesTests {
    private let memory: SharedMemory
    private let dead = Dead()

    init() throws { memory = try sharedMemory() }

    // MARK: Once

    private func begin(_ thread: Int, _ waiter: some Waiter = Impatience()) throws(SyncError)
        -> OnceStep
    {
        var waiter = waiter
        return try Once(memory.words(at: 0, count: 4096), at: 0)
            .begin(as: owner(thread), &waiter, dead)
    }

    private func end(_ thread: Int, cancelling: Bool = false) throws(SyncError) {
        let once = Once(memory.words(at: 0, count: 4096), at: 0)
        if cancelling {
            try once.cancel(as: owner(thread))
        } else {
            try once.finish(as: owner(thread))
        }
    }

    @Test func onceIsDoneForAll() throws {
        #expect(try begin(1) == .run(.clean))
        #expect(throws: SyncError.timedOut) { try begin(2) }
        #expect(throws: SyncError.notOwner) { try begin(1) }
        #expect(throws: SyncError.notOwner) { try end(2) }
        try end(1)
        #expect(try begin(2) == .done)
        #expect(throws: SyncError.notOwner) { try end(1) }
    }

    @Test func whatIsCancelledIsTheNextOnes() throws {
        #expect(try begin(1) == .run(.clean))
        try end(1, cancelling: true)
        #expect(try begin(2) == .run(.clean))
        try end(2)
    }

    @Test func whoDiesDoingItIsFollowed() throws {
        #expect(try begin(1) == .run(.clean))
        dead.declare(owner(1))
        #expect(try begin(2) == .run(.ownerDied))
        try end(2, cancelling: true)
        #expect(try begin(3) == .run(.ownerDied))
        try end(3)
        #expect(try begin(4) == .done)
        #expect(SyncFigures(memory, at: 0)?.deaths == 1)
    }

    // MARK: Latch

    @Test func aLatchOpensAtZero() throws {
        let words = memory.words(at: 0, count: 4096)
        Latch.build(words, at: 0, count: 3)
        let latch = Latch(words, at: 0)
        var waiter = Impatience()
        try latch.countDown(by: 2)
        do throws(SyncError) {
            try latch.wait(&waiter)
            Issue.record("passed a closed latch")
        } catch { #expect(error == .timedOut) }
        do throws(SyncError) {
            try latch.countDown(by: 2)
            Issue.record("counted below zero")
        } catch { #expect(error == .tooManyArrivals(size: 3)) }
        try latch.countDown()
        try latch.wait(&waiter)
        let count = latch.count
        #expect(count == 0)
    }

    // MARK: Semaphore

    @Test func aSemaphoreHasAsManyPermitsAsItHas() throws {
        let words = memory.words(at: 0, count: 4096)
        Semaphore.build(words, at: 0, permits: 9, free: 2)
        let semaphore = Semaphore(words, at: 0, permits: 9)
        let firsts = semaphore.tryAcquire(as: owner(1), dead)
        let first = try #require(firsts)
        let seconds = semaphore.tryAcquire(as: owner(1), dead)
        let second = try #require(seconds)
        #expect(first.place != second.place)
        #expect(first.acquisition == .clean)
        let third = semaphore.tryAcquire(as: owner(2), dead)
        #expect(third == nil)
        var isRefused = false
        do throws(SyncError) { try semaphore.release(first, as: owner(2)) } catch {
            isRefused = error == .notOwner
        }
        #expect(isRefused)
        try semaphore.release(first, as: owner(1))
        let fourths = semaphore.tryAcquire(as: owner(2), dead)
        let fourth = try #require(fourths)
        // Used up: there is one less.
        try semaphore.consume(fourth, as: owner(2))
        let fifth = semaphore.tryAcquire(as: owner(2), dead)
        #expect(fifth == nil)
        for _ in 0..<8 { try semaphore.signal() }
        do throws(SyncError) {
            try semaphore.signal()
            Issue.record("made too many permits")
        } catch { #expect(error == .tooManyArrivals(size: 9)) }
        let free = semaphore.free
        #expect(free == 8)
    }

    @Test func aDeadHoldersPermitIsTakenOver() throws {
        let words = memory.words(at: 0, count: 4096)
        let semaphore = Semaphore(words, at: 0, permits: 2)
        _ = semaphore.tryAcquire(as: owner(1), dead)
        _ = semaphore.tryAcquire(as: owner(2), dead)
        dead.declare(owner(1))
        var waiter = Impatience()
        let taken = try semaphore.acquire(as: owner(3), &waiter, dead)
        #expect(taken.acquisition == .ownerDied)
        let more = semaphore.tryAcquire(as: owner(3), dead)
        #expect(more == nil)
        try semaphore.release(taken, as: owner(3))
        let again = semaphore.tryAcquire(as: owner(4), dead)
        #expect(again?.acquisition == .clean)
        #expect(SyncFigures(memory, at: 0)?.deaths == 1)
    }

    // MARK: Condition

    /// How many of the keys a wait with them ends.
    private func notified(_ keys: [ConditionKey]) -> Int {
        let condition = Condition(memory.words(at: 0, count: 4096), at: 0)
        return keys.count { key in
            var waiter = Impatience()
            do throws(SyncError) {
                try condition.wait(key, &waiter)
                return true
            } catch { return false }
        }
    }

    @Test func aNoticeToOneEndsOneWait() {
        let condition = Condition(memory.words(at: 0, count: 4096), at: 0)
        // Given to nobody: void.
        for _ in 0..<3 { condition.notifyOne() }
        var keys = (0..<4).map { _ in condition.prepare() }
        condition.notifyOne()
        condition.notifyOne()
        #expect(notified(keys) == 2)
        keys = (0..<4).map { _ in condition.prepare() }
        #expect(notified(keys) == 0)
        keys = (0..<4).map { _ in condition.prepare() }
        condition.notifyAll()
        #expect(notified(keys) == 4)
        #expect(SyncFigures(memory, at: 0)?.aux1 == 0)
    }

    @Test func aWaitWithoutNoticeEndsInDoubt() throws {
        let condition = Condition(memory.words(at: 0, count: 4096), at: 0)
        var looks = 0
        var waiter = Patience {
            looks += 1
            return nil
        }
        try condition.wait(condition.prepare(), &waiter)
        #expect(looks == Condition<SharedWords>.looksBeforeDoubt)
    }

    // MARK: Figures

    /// Spins twice, then waits for real: five microseconds more each time.
    private struct Slow: Waiter {
        var looks = 0
        var waited: UInt64 { looks <= 2 ? 0 : UInt64(looks - 2) * 5_000 }
        let act: (Int) -> Void

        mutating func wait() throws(SyncError) {
            looks += 1
            act(looks)
            if looks > 100 { throw .timedOut }
        }
    }

    @Test(arguments: [1, 2, 4])
    func onlyAWaitThatDidNotJustSpinIsCounted(looks: Int) throws {
        let words = memory.words(at: 0, count: 4096)
        Latch.build(words, at: 0, count: 1)
        var waiting: [UInt64] = []
        var waiter = Slow { look in
            waiting.append(SyncFigures(memory, at: 0)?.waiters ?? 99)
            if look == looks { try? Latch(memory.words(at: 0, count: 4096), at: 0).countDown() }
        }
        try Latch(words, at: 0).wait(&waiter)
        let figures = try #require(SyncFigures(memory, at: 0))
        #expect(waiting == Array([0, 0, 0, 1].prefix(looks)))
        #expect(figures.waiters == 0)
        #expect(figures.contended == (looks > 2 ? 1 : 0))
        #expect(figures.waitNanoseconds == (looks > 2 ? UInt64(looks - 2) * 5_000 : 0))
        #expect(figures.waits[SyncLayout.bucket(nanoseconds: 10_000)] == (looks == 4 ? 1 : 0))
    }

    @Test func aBarrierCountsItsWaits() throws {
        let barrier = try TestBarrier(vms: 2, perVM: 1, .central)
        var seats = [BarrierSeat(), BarrierSeat()]
        var other = seats[1]
        let waiter = Slow { look in if look == 4 { _ = try? barrier.arrive(1, &other) } }
        try barrier.wait(0, &seats[0], waiter)
        let figures = try #require(SyncFigures(barrier.memory, at: 0))
        #expect(figures.contended == 1)
        #expect(figures.waiters == 0)
        #expect(figures.acquisitions == 1)
    }
}
