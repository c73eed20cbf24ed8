// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A lock of one word, 0 while free: for short sections of threads that trust one another. No queue: the
/// next owner is whoever comes while it is free, so that a descheduled waiter holds up nobody.
///
/// ## If the holder dies
/// It stays taken: who waits learns of the loss in its ``CrewWaiter``, and ends. For locks that outlive
/// their holder see ``RobustLock``.
public struct WordLock<W: Word & ~Escapable>: ~Escapable {
    @usableFromInline let word: W

    @_lifetime(copy word)
    @inlinable
    @inline(__always)
    public init(_ word: W) { self.word = word }

    @inlinable
    @inline(__always)
    public func tries(_ mark: UInt64 = 1) -> Bool {
        word.loadRelaxed() == 0 && word.compareExchange(0, mark) == 0
    }

    /// Without a look before: the word is free most often.
    @inlinable
    @inline(__always)
    public func takes() -> Bool { word.compareExchange(0, 1) == 0 }

    /// When it was not free: waits until it is this thread's.
    ///
    /// - Parameter mark: what the word then holds, not 0.
    @inlinable
    @inline(__always)
    public func wait(_ waiter: inout some CrewWaiter, mark: UInt64 = 1) {
        var pauses = 4
        while true {
            // The owner works best while nobody takes its line away.
            waiter.pause(pauses)
            if tries(mark) { break }
            if pauses < 64 { pauses *= 2 } else { waiter.step() }
        }
        waiter.end()
    }

    @inlinable
    @inline(__always)
    public func release() { word.store(0) }
}

/// Over a word that stays, it stays.
extension WordLock: Escapable where W: Escapable {}

/// A lock that its owner may take again, as often as 16 bits count: the owner's number above these, 0 while
/// it is free.
///
/// ## If the holder dies
/// See ``WordLock``.
public struct NestLock<W: Word & ~Escapable>: ~Escapable {
    @usableFromInline let word: W

    @inlinable public static var most: UInt64 { 0xffff }

    @_lifetime(copy word)
    @inlinable
    @inline(__always)
    public init(_ word: W) { self.word = word }

    /// How often `owner` holds it then; 0: another does; nothing: it holds it as often as can be counted.
    ///
    /// - Parameter owner: not 0; of 48 bits.
    @inlinable
    @inline(__always)
    public func tries(_ owner: UInt64) -> UInt64? {
        let mine = owner << 16
        let value = word.loadRelaxed()
        if value == 0 { return word.compareExchange(0, mine | 1) == 0 ? 1 : 0 }
        if value & ~Self.most != mine { return 0 }
        if value & Self.most == Self.most { return nil }
        word.storeRelaxed(value + 1)
        return (value + 1) & Self.most
    }

    /// When another held it.
    @inlinable
    @inline(__always)
    public func wait(_ owner: UInt64, _ waiter: inout some CrewWaiter) {
        WordLock(word).wait(&waiter, mark: owner << 16 | 1)
    }

    /// Gives one of the owner's holds back; whether it was the last.
    @inlinable
    @inline(__always)
    @discardableResult
    public func release() -> Bool {
        let value = word.loadRelaxed()
        let isLast = value & Self.most <= 1
        word.store(isLast ? 0 : value - 1)
        return isLast
    }
}

/// Over a word that stays, it stays.
extension NestLock: Escapable where W: Escapable {}
