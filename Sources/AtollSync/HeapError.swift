// SPDX-License-Identifier: Apache-2.0

/// Why a heap did not do what it was asked. The heap is as it was.
public enum HeapError: Error, Equatable, Sendable {
    /// No block of this size is to be had.
    case noRoom(bytes: Int)
    /// All seats are taken by living threads.
    case noSeat
    /// No block begins here: the offset is of another heap, or in the middle of something.
    case notABlock(offset: Int)
    /// The block has been freed already.
    case alreadyFree(offset: Int)
}
