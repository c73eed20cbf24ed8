// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync

/// A barrier and, behind it, a word for each thread.
struct TestBarrier: Sendable {
    let memory: SharedMemory
    let layout: BarrierLayout
    let perVM: Int
    let algorithm: BarrierAlgorithm

    /// Slots are not ranks: VM *n* has slot *n* + 3.
    init(vms: Int, perVM: Int, _ algorithm: BarrierAlgorithm) throws {
        layout = BarrierLayout(vms: vms, size: vms * perVM)
        self.perVM = perVM
        self.algorithm = algorithm
        memory = try sharedMemory((layout.bytes + 64 * layout.size + 4095) / 4096 * 4096)
        let words = memory.words(at: 0, count: layout.bytes)
        Barrier.build(words, at: 0, members: (0..<vms).map { (slot: $0 + 3, threads: perVM) })
    }

    var size: Int { layout.size }
    func data(_ rank: Int) -> Int { layout.bytes + 64 * rank }

    func with<R>(
        _ rank: Int, _ body: (borrowing Barrier<SharedWords>) throws(SyncError) -> R
    ) throws(SyncError) -> R {
        let words = memory.words(at: 0, count: layout.bytes)
        let place = BarrierPlace(rank: rank, threadsPerVM: perVM)
        return try body(Barrier(words, at: 0, layout, place, algorithm))
    }

    func wait(_ rank: Int, _ seat: inout BarrierSeat, _ waiter: some Waiter = Patience())
        throws(SyncError)
    {
        var waiter = waiter
        try with(rank) { barrier throws(SyncError) in try barrier.wait(&seat, &waiter) }
    }

    func arrive(_ rank: Int, _ seat: inout BarrierSeat) throws(SyncError) -> BarrierToken {
        try with(rank) { barrier throws(SyncError) in try barrier.arrive(&seat) }
    }

    func shrink(_ rank: Int, _ seat: inout BarrierSeat, without slots: UInt64) throws(SyncError) {
        var waiter = Patience { .memberLost(slots: slots) }
        try with(rank) { barrier throws(SyncError) in
            try barrier.shrink(&seat, &waiter, without: slots)
        }
    }

    func sum(_ value: Double, _ rank: Int, inOrder: Bool, _ seat: inout BarrierSeat)
        throws(SyncError) -> Double
    {
        var waiter = Patience()
        return try with(rank) { barrier throws(SyncError) in
            try barrier.allReduce(value, .sum, inOrder: inOrder, &seat, &waiter)
        }
    }
}
