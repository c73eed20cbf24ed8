// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A sum that many threads add to: one part for each member, each on a line of its own, so that the
/// VMs do not pass a line to and fro. Reading costs a load for each member.
///
/// ## If the holder dies
/// Nobody holds anything: each addition is one step, which the dead had done or had not.
public struct Counter<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M

    /// Members that have a part.
    @inlinable public static var parts: Int { 64 }
    /// What it takes of a region.
    @inlinable public static var bytes: Int { 128 + parts * 64 }

    /// A view of the counter in these words, all 0 at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M) {
        precondition(words.count >= Self.bytes)
        self.words = words
    }

    /// Adds to the part of this member; wraps.
    ///
    /// - Parameter slot: of the caller's member; any other is as right, and slower.
    @inlinable
    public func add(_ delta: Int64, slot: Int) {
        let part = slot & (Self.parts - 1)
        _ = words.add(UInt64(bitPattern: delta), at: 128 + part * 64)
    }

    /// All that was added by what the caller knows of, and perhaps some of what is being added now.
    @inlinable
    public var sum: Int64 {
        var sum: UInt64 = 0
        for part in 0..<Self.parts { sum &+= words.load(128 + part * 64) }
        return Int64(bitPattern: sum)
    }
}
