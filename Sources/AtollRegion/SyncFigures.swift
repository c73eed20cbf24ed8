// SPDX-License-Identifier: Apache-2.0

/// What a synchronisation object says of its use, as far as it can be read while others use it: each
/// figure is right by itself, but they are not all of one moment.
public struct SyncFigures: Sendable, Equatable {
    /// The object's own: of a lock, the owner word of who has it.
    public var word: UInt64
    public var aux0: UInt64
    public var aux1: UInt64
    /// Times it was taken; of a barrier, rounds completed.
    public var acquisitions: UInt64
    /// How many of these had to wait.
    public var contended: UInt64
    /// Nanoseconds that all waits took together, those left out that only spun.
    public var waitNanoseconds: UInt64
    /// Threads that wait now. One that died waiting stays counted.
    public var waiters: UInt64
    /// Holders that died.
    public var deaths: UInt64
    /// How many waits took 2^k to 2^(k+1) microseconds.
    public var waits: [UInt32]

    /// Of the object at `offset`; `nil` where that is no line of the memory with room for the figures.
    public init?(_ memory: SharedMemory, at offset: Int) {
        guard offset >= 0, offset % SyncLayout.line == 0, memory.count >= SyncLayout.bytes,
            offset <= memory.count - SyncLayout.bytes
        else { return nil }
        word = memory.load64(offset + SyncLayout.word)
        aux0 = memory.load64(offset + SyncLayout.aux0)
        aux1 = memory.load64(offset + SyncLayout.aux1)
        acquisitions = memory.load64(offset + SyncLayout.acquisitions)
        contended = memory.load64(offset + SyncLayout.contended)
        waitNanoseconds = memory.load64(offset + SyncLayout.waitNanoseconds)
        waiters = memory.load64(offset + SyncLayout.waiters)
        deaths = memory.load64(offset + SyncLayout.deaths)
        var waits: [UInt32] = []
        // Two counts a word, as they are written.
        for pair in 0..<(SyncLayout.buckets / 2) {
            let counts = memory.load64(offset + SyncLayout.waits + 8 * pair)
            waits.append(UInt32(truncatingIfNeeded: counts))
            waits.append(UInt32(truncatingIfNeeded: counts >> 32))
        }
        self.waits = waits
    }
}
