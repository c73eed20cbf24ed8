// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Whether all tasks of a team have ended, without a word that all threads write: each counts what it
/// has begun and what it has ended, in a line of its own.
///
///     line i     tasks that thread i has begun, and ended
///     line n     tasks that others than the team's threads have ended
///
/// Ended ones are summed first. Whoever has ended a task has counted those before that the task begot; so
/// as long as one is missing in the first sum, it or one of its ancestors is in the second and not in the
/// first. Equal sums mean that there is none. (The argument is Mattern's, on the termination of
/// distributed computations, 1987; one pass is enough since counts of tasks begun do not lag behind.)
///
/// ## If the holder dies
/// Its tasks never end: who waits for the sums learns of the loss from its ``Waiter``.
public struct TaskTally<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let base: Int
    @usableFromInline let threads: Int

    @inlinable public static func bytes(threads: Int) -> Int { (threads + 1) * stride }
    /// Between the lines of two threads.
    @inlinable public static var stride: Int { 64 }
    @inlinable static var endedAt: Int { 8 }

    /// A view of the counts in these words, from `base` on, all 0 at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at base: Int, threads: Int) {
        self.words = words
        self.base = base
        self.threads = threads
    }

    /// This thread has begun so many. Before anybody else knows of them.
    @inlinable
    public func begin(_ thread: Int, _ count: UInt64 = 1) {
        let at = base + thread * Self.stride
        words.store(words.loadRelaxed(at) &+ count, at: at)
    }

    /// This thread has ended one, and knows it no more.
    @inlinable
    public func end(_ thread: Int) {
        let at = base + thread * Self.stride + Self.endedAt
        words.store(words.loadRelaxed(at) &+ 1, at: at)
    }

    /// A thread that is none of the team's has ended one.
    @inlinable
    public func endElsewhere() {
        _ = words.add(1, at: base + threads * Self.stride + Self.endedAt)
    }

    /// Whether all have ended; what they wrote is then seen. To be asked when no thread begins any but in
    /// tasks, as in a barrier to which all have come.
    @inlinable
    public func isQuiet() -> Bool {
        var ended: UInt64 = 0
        for thread in 0...threads {
            ended &+= words.load(base + thread * Self.stride + Self.endedAt)
        }
        var begun: UInt64 = 0
        for thread in 0..<threads { begun &+= words.load(base + thread * Self.stride) }
        return begun == ended
    }
}

/// Over words that stay, it stays.
extension TaskTally: Escapable where M: Escapable {}
