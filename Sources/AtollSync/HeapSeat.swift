// SPDX-License-Identifier: Apache-2.0

/// A thread's place at a ``Heap``: which of its caches the thread has. One thread at a time uses it.
@frozen
public struct HeapSeat: Sendable, Equatable {
    @usableFromInline let index: Int
    /// Where its cache lies in the heap.
    @usableFromInline let at: Int

    @inlinable
    init(index: Int, at: Int) {
        self.index = index
        self.at = at
    }
}
