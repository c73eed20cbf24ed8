// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// Where the words of a team lie in its control block, an object of the region's directory. Words
/// with different writers lie on different lines.
///
///     line 0   format, and the shape that all must agree on
///     line 1   who failed first: rank + 1
///     line 2   barrier: arrivals
///     line 3   barrier: release
///     line 4   result of a reduction
///     line 8.. a line for each VM, for counters that only its threads share
///     then     a line for each thread: what it gives to a reduction
struct TeamBlock: Sendable {
    static var largestTeam: Int { 4096 }
    private static var line: Int { 64 }
    private static var format: UInt64 { 1 }
    private static var threadLines: Int { (8 + RegionLayout.memberSlots) * line }

    let offset: Int

    static func bytes(threads: Int) -> Int { threadLines + threads * line }

    private var shapeAt: Int { offset + 8 }
    var failed: Int { offset + Self.line }
    var arrival: Int { offset + 2 * Self.line }
    var release: Int { offset + 3 * Self.line }

    /// One is enough: the last to come to the next reduction writes it when all have come there, and so
    /// have read it.
    var result: Int { offset + 4 * Self.line }

    func contribution(_ rank: Int) -> Int { offset + Self.threadLines + rank * Self.line }

    /// Fills a new block, all zero.
    func build(_ memory: SharedMemory, vms: Int, threadsPerVM: Int) {
        memory.store(Self.format, word: offset)
        memory.store(Self.shape(vms, threadsPerVM), word: shapeAt)
    }

    /// - Throws: ``TeamError/shapeMismatch(vms:threadsPerVM:foundVMs:foundThreadsPerVM:)`` where who
    ///   made the block thinks of another shape.
    func check(_ memory: SharedMemory, vms: Int, threadsPerVM: Int) throws(TeamError) {
        let found = memory.load(word: shapeAt)
        guard memory.load(word: offset) == Self.format, found == Self.shape(vms, threadsPerVM)
        else {
            throw .shapeMismatch(
                vms: vms, threadsPerVM: threadsPerVM, foundVMs: Int(found >> 32),
                foundThreadsPerVM: Int(found & 0xffff_ffff))
        }
    }

    private static func shape(_ vms: Int, _ threadsPerVM: Int) -> UInt64 {
        UInt64(vms) << 32 | UInt64(threadsPerVM)
    }
}
