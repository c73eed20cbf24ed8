// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct BarrierLossTests {
    static let algorithms = [BarrierAlgorithm.central, .dissemination]

    @Test(arguments: algorithms)
    func aLossBeforeTheArrivalBreaksTheRoundForAll(algorithm: BarrierAlgorithm) throws {
        let barrier = try TestBarrier(vms: 4, perVM: 1, algorithm)
        var seats = [BarrierSeat](repeating: BarrierSeat(), count: 4)
        for rank in 0..<3 {
            let patience = Patience { .memberLost(slots: 1 << 6) }
            #expect(throws: SyncError.memberLost(slots: 1 << 6)) {
                try barrier.wait(rank, &seats[rank], patience)
            }
        }
        for rank in 0..<3 { try barrier.shrink(rank, &seats[rank], without: 1 << 6) }
        #expect(seats[0..<3].allSatisfy { $0.lostSlots == 1 << 6 && $0 == seats[0] })
        try pass(barrier, &seats, [0, 1, 2])
    }

    private func pass(_ barrier: TestBarrier, _ seats: inout [BarrierSeat], _ ranks: [Int]) throws {
        let before = seats
        let after = try ThreadGroup.run(ranks.count) { index -> BarrierSeat in
            var seat = before[ranks[index]]
            for _ in 0..<100 { try? barrier.wait(ranks[index], &seat) }
            return seat
        }
        for (index, rank) in ranks.enumerated() {
            #expect(after[index].round == before[rank].round + 100)
            seats[rank] = after[index]
        }
    }

    /// One who has come and dies then has not broken anything.
    @Test(arguments: algorithms)
    func aLossAfterTheLastArrivalBreaksNothing(algorithm: BarrierAlgorithm) throws {
        let barrier = try TestBarrier(vms: 3, perVM: 1, algorithm)
        var seats = [BarrierSeat](repeating: BarrierSeat(), count: 3)
        for rank in 0..<3 { _ = try barrier.arrive(rank, &seats[rank]) }
        for rank in 0..<2 {
            try barrier.wait(rank, &seats[rank], Patience { .memberLost(slots: 1 << 5) })
        }
        #expect(seats[0].round == 1 && seats[1].round == 1)
        #expect(throws: SyncError.memberLost(slots: 1 << 5)) {
            try barrier.wait(0, &seats[0], Patience { .memberLost(slots: 1 << 5) })
        }
        for rank in 0..<2 { try barrier.shrink(rank, &seats[rank], without: 1 << 5) }
        try pass(barrier, &seats, [0, 1])
    }

    @Test(arguments: algorithms)
    func aLossOfAStrangerEndsNoWait(algorithm: BarrierAlgorithm) throws {
        let barrier = try TestBarrier(vms: 2, perVM: 1, algorithm)
        var seats = [BarrierSeat](repeating: BarrierSeat(), count: 2)
        let other = seats[1]
        var looks = 0
        let waiter = Patience {
            looks += 1
            if looks == 5 {
                var seat = other
                _ = try? barrier.arrive(1, &seat)
            }
            return .memberLost(slots: 1 << 40 | 1)
        }
        try barrier.wait(0, &seats[0], waiter)
        #expect(seats[0].round == 1)
        #expect(looks == 5)
    }

    /// Losses one after another and at once, while the survivors know of them at different times.
    @Test(arguments: algorithms, [1, 2, 3])
    func survivorsWhoLearnAtDifferentTimesAgree(algorithm: BarrierAlgorithm, perVM: Int) throws {
        let barrier = try TestBarrier(vms: 5, perVM: perVM, algorithm)
        let alive = Array(0..<(3 * perVM))
        // VMs 3 and 4 come to the first round, to no other.
        let first = try ThreadGroup.run(barrier.size) { rank -> BarrierSeat in
            var seat = BarrierSeat()
            try? barrier.wait(rank, &seat)
            return seat
        }
        // Each knows of one loss first, then of both.
        let known: [UInt64] = [1 << 6, 1 << 7, 1 << 6 | 1 << 7]
        let after = try ThreadGroup.run(alive.count) { rank -> BarrierSeat? in
            var seat = first[rank]
            var slots = known[rank % 3]
            do throws(SyncError) {
                for _ in 0..<50 {
                    while true {
                        do throws(SyncError) {
                            let now = slots
                            try barrier.wait(
                                rank, &seat, Patience { now == 0 ? nil : .memberLost(slots: now) })
                            break
                        } catch {
                            guard case .memberLost(let lost) = error else { throw error }
                            try barrier.shrink(rank, &seat, without: lost)
                            slots |= lost | 1 << 6 | 1 << 7
                        }
                    }
                }
                return seat
            } catch { return nil }
        }
        let rounds = Set(after.map { $0?.round })
        #expect(rounds.count == 1)
        #expect(after.allSatisfy { $0?.lostSlots == 1 << 6 | 1 << 7 })
    }

    /// One who has not come to the broken round goes on in the same round as those who have.
    @Test(arguments: algorithms)
    func whoHadNotComeGoesOnWithTheOthers(algorithm: BarrierAlgorithm) throws {
        let barrier = try TestBarrier(vms: 3, perVM: 2, algorithm)
        var seats = [BarrierSeat](repeating: BarrierSeat(), count: 6)
        for rank in [0, 2] {
            #expect(throws: SyncError.memberLost(slots: 1 << 5)) {
                try barrier.wait(rank, &seats[rank], Patience { .memberLost(slots: 1 << 5) })
            }
        }
        for rank in 0..<4 { try barrier.shrink(rank, &seats[rank], without: 1 << 5) }
        try pass(barrier, &seats, [0, 1, 2, 3])
        // A second call for the same loss changes nothing.
        let before = seats[0]
        try barrier.shrink(0, &seats[0], without: 1 << 5)
        #expect(seats[0] == before)
    }

    @Test(arguments: algorithms)
    func aReductionGoesOnWithoutTheLost(algorithm: BarrierAlgorithm) throws {
        for perVM in [1, 2, 5] {
            let barrier = try TestBarrier(vms: 3, perVM: perVM, algorithm)
            let survivors = (0..<(3 * perVM)).filter { $0 / perVM != 1 }
            let sums = try ThreadGroup.run(survivors.count) { index -> [Double] in
                var seat = BarrierSeat()
                let rank = survivors[index]
                try? barrier.shrink(rank, &seat, without: 1 << 4)
                return [true, false].map {
                    (try? barrier.sum(Double(rank), rank, inOrder: $0, &seat)) ?? .nan
                }
            }
            let sum = Double(survivors.reduce(0, +))
            #expect(sums.allSatisfy { $0 == [sum, sum] })
        }
    }
}
