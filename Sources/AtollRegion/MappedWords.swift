// SPDX-License-Identifier: Apache-2.0

/// A thread's own hold on shared memory: it keeps the memory mapped, and gives views of it without
/// counting references, which would be locked operations on the fast paths of locks and barriers.
@safe
public struct MappedWords: ~Copyable, Sendable {
    public let memory: SharedMemory
    // SAFETY: never changes; what it points to is shared by design, and only reached by atomics.
    @usableFromInline nonisolated(unsafe) let base: UnsafeMutableRawPointer
    public let count: Int

    public init(_ memory: SharedMemory) {
        self.memory = memory
        // SAFETY: valid as long as `memory`, which this holds.
        unsafe base = memory.base
        count = memory.count
    }

    /// The words in `bytes` bytes from `offset` on, both multiples of 8, and in bounds.
    @_lifetime(borrow self)
    @inline(__always)
    @inlinable
    public borrowing func words(at offset: Int, count bytes: Int) -> SharedWords {
        precondition((offset | bytes) & 7 == 0)
        precondition(offset >= 0 && bytes >= 0 && bytes <= count && offset <= count - bytes)
        // SAFETY: in bounds and aligned, checked the lines above; the mapping starts on a page.
        return unsafe SharedWords(at: base + offset, count: bytes, of: self)
    }
}
