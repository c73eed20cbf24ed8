// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSync

extension TeamThread {
    /// Reduces one value of each thread to one that all get; a barrier, too. The values are taken in
    /// order of rank, so that floating point gives the same bits each time.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where the threads cannot all come.
    public mutating func allReduce<T: Reducible>(_ value: T, _ reduction: Reduction)
        throws(TeamError) -> T
    {
        try reduceWord(value) { $0.combined(with: $1, by: reduction) }
    }

    /// The same with the bits of whole numbers.
    public mutating func allReduce<T: Reducible & FixedWidthInteger>(
        _ value: T, _ reduction: BitReduction
    ) throws(TeamError) -> T {
        try reduceWord(value) { $0.combined(with: $1, by: reduction) }
    }

    @inline(__always)
    private mutating func reduceWord<T: Reducible>(_ value: T, _ combine: (T, T) -> T)
        throws(TeamError) -> T
    {
        let bits = try meet { (barrier, seat, waiter) throws(SyncError) in
            try barrier.allReduce(value.bits, inOrder: true, &seat, &waiter) {
                combine(T(bits: $0), T(bits: $1)).bits
            }
        }
        return T(bits: bits)
    }

    /// Reduces one value of each thread by the caller's own function, in order of rank: for any plain
    /// type of at most 64 bytes; a larger one stops the process. A barrier, too.
    ///
    /// - Parameter combine: must be associative; of the values of two ranks, the lower comes first.
    /// - Throws: ``TeamError/sync(_:)`` where the threads cannot all come.
    public mutating func allReduce<T: BitwiseCopyable>(_ value: T, _ combine: (T, T) -> T)
        throws(TeamError) -> T
    {
        let place = place
        let block = place.block
        let ranks = ranks
        place.value(T.self, at: block.contribution(rank))[0] = value
        try barrier {
            var all = place.value(T.self, at: block.contribution(ranks.first))[0]
            ranks.forEachLater { rank in
                all = combine(all, place.value(T.self, at: block.contribution(rank))[0])
            }
            place.value(T.self, at: block.result)[0] = all
        }
        return place.value(T.self, at: block.result)[0]
    }

    /// Reduces arrays element by element, in order of rank. The work is shared out by elements. Two
    /// barriers.
    ///
    /// - Parameters:
    ///   - table: a row of `result.count` elements for each rank, one after the other, of which each
    ///     thread has filled its own.
    ///   - result: seen complete by all afterwards.
    ///   - combine: must be associative.
    /// - Throws: ``TeamError/sync(_:)`` where the threads cannot all come.
    public mutating func allReduce<T: BitwiseCopyable>(
        rowsOf table: SharedArray<T>, into result: SharedArray<T>, _ combine: (T, T) -> T
    ) throws(TeamError) {
        precondition(table.count == size * result.count)
        let ranks = ranks
        try barrier()
        for column in share(of: 0..<result.count) {
            var all = table[ranks.first * result.count + column]
            ranks.forEachLater { all = combine(all, table[$0 * result.count + column]) }
            result[column] = all
        }
        try barrier()
    }

    /// Gives the value of one thread to all; a barrier, too. For any plain type of at most 64 bytes.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where the threads cannot all come.
    public mutating func broadcast<T: BitwiseCopyable>(_ value: T, from root: Int)
        throws(TeamError) -> T
    {
        precondition(root >= 0 && root < size)
        let place = place
        if rank == root { place.value(T.self, at: place.block.contribution(root))[0] = value }
        try barrier { place.publish(root) }
        return place.value(T.self, at: place.block.result)[0]
    }
}

extension TeamPlace {
    /// The value of a plain type at this offset, on a line of its own.
    func value<T: BitwiseCopyable>(_ type: T.Type, at offset: Int) -> SharedArray<T> {
        precondition(MemoryLayout<T>.stride <= TeamLayout.valueBytes)
        return SharedArray(memory, at: offset, count: 1)
    }

    /// Makes what this rank has written the result.
    func publish(_ rank: Int) {
        for word in 0..<(TeamLayout.valueBytes / 8) {
            let value = memory.load64(block.contribution(rank) + word * 8)
            memory.store64(value, at: block.result + word * 8)
        }
    }
}

/// The ranks that a team goes on with, in rising order.
struct TeamRanks: Sendable {
    let size: Int
    /// Empty: all.
    var present: [Int] = []

    var first: Int { present.first ?? 0 }
    var all: [Int] { present.isEmpty ? Array(0..<size) : present }

    /// All but the first.
    @inline(__always)
    func forEachLater(_ body: (Int) -> Void) {
        if present.isEmpty {
            for rank in 1..<max(size, 1) { body(rank) }
        } else {
            for rank in present.dropFirst() { body(rank) }
        }
    }
}
