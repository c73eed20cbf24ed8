// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Proof that a thread meant to wait before it looked whether it must.
@frozen
public struct ConditionKey: Sendable, Equatable {
    @usableFromInline let word: UInt64

    @inlinable init(_ word: UInt64) { self.word = word }
}

/// Waiting for something to change, as an event count: a thread takes a key, looks whether it must wait,
/// and waits with the key; whatever is notified after the key was taken ends the wait, so that no
/// notice is lost between the look and the wait. ``SyncLayout/bytes`` of zeros at first.
///
///     let key = condition.prepare()
///     if isThere() { condition.cancel() } else { try lock.unlock(as: me); try condition.wait(key, &waiter); ... }
///
/// A wait may end without notice: look again, in a loop.
///
/// ## If the holder dies
/// Nobody holds it. Who dies waiting costs the others nothing but a wake-up in vain now and then. Who
/// dies after a notice to one was its own has taken that along: therefore a wait ends by itself after
/// ``looksBeforeDoubt`` looks, and what it waited for is looked at again.
public struct Condition<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int

    /// With the naps of most waiters, some seconds.
    @inlinable public static var looksBeforeDoubt: Int { 8192 }
    /// Nanoseconds, for waiters that sleep longer.
    @inlinable public static var waitBeforeDoubt: UInt64 { 4_000_000_000 }

    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int) {
        self.words = words
        at = offset
    }

    // word: notices to all << 32 | notices to one; aux0: how many of the latter have been taken;
    // aux1: threads between `prepare` and the end of their wait. The counts wrap.
    @inlinable var taken: Int { at + SyncLayout.aux0 }
    @inlinable var waiting: Int { at + SyncLayout.aux1 }

    /// Before the look. Followed by one ``wait(_:_:)`` or ``cancel()``.
    @inlinable
    public func prepare() -> ConditionKey {
        let before = words.load(at)
        if words.add(1, at: waiting) == 0 {
            // Notices that nobody was there to take are void. All who come after this see later ones.
            var seen = words.loadRelaxed(taken)
            while Self.isAfter(before, seen) {
                let found = words.compareExchange(seen, before & 0xffff_ffff, at: taken)
                if found == seen { break }
                seen = found
            }
        }
        return ConditionKey(words.load(at))
    }

    /// There is no need to wait.
    @inlinable
    public func cancel() { _ = words.add(UInt64.max, at: waiting) }

    /// Waits for a notice given after the key was taken.
    ///
    /// - Throws: what `waiter` throws.
    @inlinable
    public func wait(_ key: ConditionKey, _ waiter: inout some Waiter) throws(SyncError) {
        let account = SyncAccount(words, at: at)
        var note = WaitNote()
        var looks = 0
        while !isNotified(key) && looks < Self.looksBeforeDoubt
            && waiter.waited < Self.waitBeforeDoubt
        {
            looks += 1
            do { try waiter.wait() } catch {
                if isNotified(key) { break }
                cancel()
                note.end(account, waiter.waited)
                throw error
            }
            note.look(account, waiter.waited)
        }
        cancel()
        note.end(account, waiter.waited)
    }

    /// Ends all waits that have begun.
    @inlinable
    public func notifyAll() { _ = words.add(1 << 32, at: at) }

    /// Ends one wait, if there is one.
    @inlinable
    public func notifyOne() { _ = words.add(1, at: at) }

    /// Whether there was a notice to all since the key, or one to a single thread that is now this
    /// thread's.
    @inlinable
    func isNotified(_ key: ConditionKey) -> Bool {
        let now = words.load(at)
        if now >> 32 != key.word >> 32 { return true }
        guard Self.isAfter(now, key.word) else { return false }
        var seen = words.loadRelaxed(taken)
        while Self.isAfter(now, seen) {
            let found = words.compareExchange(seen, (seen &+ 1) & 0xffff_ffff, at: taken)
            if found == seen { return true }
            seen = found
        }
        return false
    }

    /// Whether the low half of one counts further than that of the other.
    @inlinable
    static func isAfter(_ a: UInt64, _ b: UInt64) -> Bool {
        Int32(truncatingIfNeeded: a &- b) > 0
    }
}
