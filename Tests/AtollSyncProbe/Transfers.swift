// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync

/// How often cache lines move in one round of a barrier, counted on ``CountingWords``: for sizes that no
/// machine at hand has.
struct Transfers: Equatable {
    /// By all threads together.
    let moves: Int
    /// The longest chain of moves each of which had to wait for the one before, from the last arrival of
    /// the round before to the last departure.
    let chain: Int

    private struct Never: Waiter {
        mutating func wait() throws(SyncError) { throw .timedOut }
    }

    init(vms: Int, perVM: Int, _ algorithm: BarrierAlgorithm) {
        let layout = BarrierLayout(vms: vms, size: vms * perVM)
        let caches = Caches(bytes: layout.bytes, threads: layout.size)
        let words = CountingWords(caches: caches)
        Barrier.build(words, at: 0, members: (0..<vms).map { (slot: $0, threads: perVM) })
        var seats = [BarrierSeat](repeating: BarrierSeat(), count: layout.size)
        caches.endTurn()
        // The VMs' threads come by turns.
        let order = (0..<perVM).flatMap { thread in (0..<vms).map { $0 * perVM + thread } }
        var moves = 0
        var chain = 0
        // The first rounds bring the lines to where they then are each time.
        for _ in 0..<3 {
            let movesBefore = caches.moves
            let start = caches.clocks.max() ?? 0
            for thread in caches.clocks.indices { caches.clocks[thread] = start }
            var left = order
            while !left.isEmpty {
                left = left.filter { rank in
                    caches.thread = rank
                    let place = BarrierPlace(rank: rank, threadsPerVM: perVM)
                    let barrier = Barrier(words, at: 0, layout, place, algorithm)
                    var waiter = Never()
                    do throws(SyncError) {
                        try barrier.wait(&seats[rank], &waiter)
                        return false
                    } catch { return true }
                }
                caches.endTurn()
            }
            moves = caches.moves - movesBefore
            chain = (caches.clocks.max() ?? 0) - start
        }
        self.moves = moves
        self.chain = chain
    }

    /// One line for each size: VMs, threads of each, algorithm, moves, chain.
    static func table(_ sayLine: (String) -> Void) {
        sayLine("vms threads-per-vm algorithm moves chain")
        for exponent in 0...12 {
            let vms = 1 << min((exponent + 1) / 2, 6)
            let perVM = (1 << exponent) / vms
            for algorithm in [BarrierAlgorithm.central, .dissemination] {
                let count = Transfers(vms: vms, perVM: perVM, algorithm)
                sayLine("\(vms) \(perVM) \(algorithm) \(count.moves) \(count.chain)")
            }
        }
    }
}
