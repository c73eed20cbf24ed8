// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct BarrierTests {
    private let arrival = 0
    private let release = 64
    private let data = 4096

    private func wait(
        _ memory: SharedMemory, _ size: Int, _ seat: inout BarrierSeat,
        _ waiter: inout some Waiter, last: () -> Void = {}
    ) throws(SyncError) {
        let barrier = Barrier(
            arrival: memory.word(at: arrival), release: memory.word(at: release), size: size)
        try barrier.wait(&seat, &waiter, last: last)
    }

    /// Every thread writes plainly before the barrier and reads all others plainly after it.
    @Test(arguments: [(1, 200), (2, 3000), (3, 1000), (8, 300), (48, 20)])
    func allSeeWhatAllWroteBefore(threads: Int, rounds: Int) throws {
        let memory = try sharedMemory()
        let failures = try ThreadGroup.run(threads) { thread -> String? in
            var seat = BarrierSeat()
            for round in 1...rounds {
                memory.store64(UInt64(round), at: data + 8 * thread)
                var waiter = Patience()
                do {
                    try wait(memory, threads, &seat, &waiter)
                    for other in 0..<threads
                    where memory.load64(data + 8 * other) != UInt64(round) {
                        return "thread \(other) was not there in round \(round)"
                    }
                    // Nobody writes the next round's value while another still reads.
                    try wait(memory, threads, &seat, &waiter)
                } catch { return "\(error) in round \(round)" }
            }
            return seat.round == UInt64(2 * rounds) ? nil : "lost count: \(seat.round)"
        }
        #expect(failures == Array(repeating: nil, count: threads))
        #expect(memory.load(word: release) == UInt64(2 * rounds))
    }

    @Test func theLastToArriveActsOnceBeforeTheOthersGo() throws {
        let memory = try sharedMemory()
        let rounds = 500
        let wrong = try ThreadGroup.run(4) { _ -> Int in
            var seat = BarrierSeat()
            var wrong = 0
            for round in 1...rounds {
                var waiter = Patience()
                let total = try? {
                    // A plain word: only the barrier orders these accesses.
                    try wait(memory, 4, &seat, &waiter) {
                        memory.store64(memory.load64(data) + 1, at: data)
                    }
                    let seen = memory.load64(data)
                    try wait(memory, 4, &seat, &waiter) {}
                    return seen
                }()
                if total != UInt64(round) { wrong += 1 }
            }
            return wrong
        }
        #expect(wrong == [0, 0, 0, 0])
    }

    @Test func oneWithoutASeatIsRefusedAndDisturbsNobody() throws {
        let memory = try sharedMemory()
        var first = BarrierSeat()
        var second = BarrierSeat()
        var third = BarrierSeat()
        func pass() throws {
            var patience = Patience()
            // The first arrives and gives up waiting only after the second has come.
            var waiter = Patience { [self] in
                try? self.wait(memory, 2, &second, &patience)
                return nil
            }
            try wait(memory, 2, &first, &waiter)
        }
        try pass()
        var waiter = Impatience()
        #expect(throws: SyncError.tooManyArrivals(size: 2)) {
            try wait(memory, 2, &third, &waiter)
        }
        #expect(third.round == 0)
        try pass()
        #expect(first.round == 2)
        #expect(second.round == 2)
    }

    @Test func oneTooManyInTheSameRoundIsRefused() throws {
        let memory = try sharedMemory()
        // Both have come, and the second of them has not opened the next round yet.
        memory.store(2, word: arrival)
        var seat = BarrierSeat()
        var waiter = Impatience()
        #expect(throws: SyncError.tooManyArrivals(size: 2)) {
            try wait(memory, 2, &seat, &waiter)
        }
        #expect(memory.load(word: arrival) == 2)
    }

    @Test func theWaiterEndsTheWait() throws {
        let memory = try sharedMemory()
        var seat = BarrierSeat()
        var waiter = Patience { .memberLost(slots: 0b100) }
        #expect(throws: SyncError.memberLost(slots: 0b100)) {
            try wait(memory, 2, &seat, &waiter)
        }
        #expect(seat.round == 0)
    }

    @Test func aReleaseThatCameFirstCounts() throws {
        let memory = try sharedMemory()
        var seat = BarrierSeat()
        // The others come, and then a member is lost: the round was complete.
        var waiter = Patience {
            memory.store(1 << 16, word: 0)
            memory.store(1, word: 64)
            return .memberLost(slots: 1)
        }
        try wait(memory, 2, &seat, &waiter)
        #expect(seat.round == 1)
    }

    @Test func aSizeOutOfBoundsStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let memory = try sharedMemory()
            _ = Barrier(arrival: memory.word(at: 0), release: memory.word(at: 64), size: 0)
        }
        await #expect(processExitsWith: .failure) {
            let memory = try sharedMemory()
            _ = Barrier(arrival: memory.word(at: 0), release: memory.word(at: 64), size: 4097)
        }
        await #expect(processExitsWith: .success) {
            let memory = try sharedMemory()
            _ = Barrier(arrival: memory.word(at: 0), release: memory.word(at: 64), size: 4096)
        }
    }
}
