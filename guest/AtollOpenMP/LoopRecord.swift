// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// The loop (or sections) that one thread is in, in two lines of its seat. Every thread is given the
/// same bounds by the program, so that nothing of them need be shared.
///
/// Iterations are counted from 0, whatever the program's loop variable does: value = start + index *
/// increment, with the arithmetic of 64 bits, which serves signed and unsigned variables alike.
struct LoopRecord: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    @inline(__always) var start: UInt64 {
        get { get(0) }
        nonmutating set { set(0, newValue) }
    }
    @inline(__always) var increment: UInt64 {
        get { get(8) }
        nonmutating set { set(8, newValue) }
    }
    /// How many iterations there are.
    @inline(__always) var trips: UInt64 {
        get { get(16) }
        nonmutating set { set(16, newValue) }
    }
    @inline(__always) var chunk: UInt64 {
        get { get(24) }
        nonmutating set { set(24, newValue) }
    }
    @inline(__always) var kind: LoopKind {
        get { LoopKind(rawValue: UInt8(truncatingIfNeeded: get(32))) ?? .ended }
        nonmutating set { set(32, UInt64(newValue.rawValue)) }
    }
    /// The slot of the team's ring; for loops with stealing, the number of such loops.
    @inline(__always) var construct: UInt64 {
        get { get(40) }
        nonmutating set { set(40, newValue) }
    }
    /// Static: the next chunk of this thread.
    @inline(__always) var turn: UInt64 {
        get { get(48) }
        nonmutating set { set(48, newValue) }
    }
    /// Stealing: whether it has taken anything yet; the first to do so begins the block.
    @inline(__always) var isEntered: Bool {
        get { get(56) != 0 }
        nonmutating set { set(56, newValue ? UInt64(1) : 0) }
    }

    /// The iterations that this thread has now.
    @inline(__always) var low: UInt64 {
        get { get(64) }
        nonmutating set { set(64, newValue) }
    }
    @inline(__always) var high: UInt64 {
        get { get(72) }
        nonmutating set { set(72, newValue) }
    }
    /// Ordered: 0: not an ordered loop, 1: it is not this chunk's turn as far as this thread knows, 2: it is,
    /// 3: it was, and the next has it already.
    @inline(__always) var order: UInt64 {
        get { get(80) }
        nonmutating set { set(80, newValue) }
    }
    /// Doacross: the shared table.
    @inline(__always) var doacross: DoacrossTable {
        get { record(88) }
        nonmutating set { set(88, newValue) }
    }
    /// Threads that share it.
    @inline(__always) var size: UInt64 {
        get { get(96) }
        nonmutating set { set(96, newValue) }
    }
    @inline(__always) var number: UInt64 {
        get { get(104) }
        nonmutating set { set(104, newValue) }
    }
    /// Ordered: how long the thread's wait for its turn is before it looks, in eighths of a cycle; from
    /// loop to loop.
    @inline(__always) var delay: UInt64 {
        get { get(112) }
        nonmutating set { set(112, newValue) }
    }

    @inline(__always) func value(_ index: UInt64) -> UInt64 { start &+ index &* increment }
}
