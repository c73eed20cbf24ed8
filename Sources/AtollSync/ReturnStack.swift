// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Blocks on their way back to the thread that lends them: anybody returns one, the owner takes all at
/// once. (R. Treiber's stack of 1986; nobody takes a single one, so that no block can go and come back
/// while somebody looks.)
///
/// Blocks are named by where they lie, not 0; their first word is the stack's while they are in it.
///
/// ## If the holder dies
/// Nobody holds anything. Blocks that its owner had taken are lost with it.
public struct ReturnStack<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int

    /// A view of the stack whose word lies there, 0 at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at: Int) {
        self.words = words
        self.at = at
    }

    /// Returns a block. For any thread.
    @inlinable
    public func push(_ block: Int) {
        var first = words.loadRelaxed(at)
        while true {
            words.storeRelaxed(first, at: block)
            let found = words.compareExchange(first, UInt64(block), at: at)
            if found == first { return }
            first = found
        }
    }

    /// Takes all blocks: the first of a chain through their first words, 0 for none. For the owner alone.
    @inlinable
    public func takeAll() -> Int {
        if words.loadRelaxed(at) == 0 { return 0 }
        return Int(truncatingIfNeeded: words.exchange(0, at: at))
    }
}

/// Over words that stay, it stays.
extension ReturnStack: Escapable where M: Escapable {}
