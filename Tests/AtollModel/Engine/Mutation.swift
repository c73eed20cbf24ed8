// SPDX-License-Identifier: Apache-2.0

/// One way in which the algorithm is broken on purpose, through the words that it works on. A model
/// that does not notice it proves nothing about what was broken.
public struct Mutation: Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// Acquiring and sequential loads are relaxed.
        case relaxedLoad
        /// Releasing and sequential stores are relaxed.
        case relaxedStore
        /// Sequential loads acquire and sequential stores release, and no more.
        case noSequence
        /// Exchange, compare-and-exchange and addition are one step still, but order nothing.
        case relaxedExchange
        /// They are a load and then a store.
        case splitExchange
        /// Compare-and-exchange does not compare: it writes, and says that it succeeded.
        case blindExchange
        /// Compare-and-exchange never succeeds in writing, and says that it did.
        case lostExchange
        /// Stores do nothing.
        case lostStore
        /// Loads give this value.
        case constantLoad(UInt64)
        /// Fences order nothing.
        case noFence
        /// Whoever is asked about is lost, dead or alive.
        case everybodyIsLost
        /// Nobody is ever lost.
        case nobodyIsLost
    }

    public let name: String
    let kind: Kind
    /// Offsets that it concerns.
    let words: [Range<Int>]

    public init(_ name: String, _ kind: Kind, words: Range<Int> = 0..<Int.max) {
        self.init(name, kind, words: [words])
    }

    public init(_ name: String, _ kind: Kind, words: [Range<Int>]) {
        self.name = name
        self.kind = kind
        self.words = words
    }

    public var description: String { name }
}
