// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Which VMs of a group have threads that sleep until they are rung for: an event count whose counts are
/// the kernels' (``Doorbell``).
///
///     word 0   bit s: a thread of the VM in slot s sleeps, or is about to
///     word 1   bit s: the VM in slot s stores without looking at word 0
///
/// A sleeper reads its kernel's count, sets its bit, looks once more at what it waits for, and sleeps while
/// the count is what it was (``Doze``). Who has stored what may end a wait looks at word 0, takes the bits
/// away, and rings once for each that it has taken. Between the write of the one and the look of the other
/// lies a fence on both sides, so that the sleeper sees the store or the other sees the bit; and since the
/// count was read before the bit was set, a ring between the look and the sleep ends the sleep at once.
///
/// Without sleepers that costs a fence and a load of a line that nobody writes. A VM gets one interrupt for
/// any number of stores until one of its threads sets the bit again.
///
/// ## If the holder dies
/// The bit of a dead sleeper stays until somebody takes it, and rings for nobody. Who dies, or is paused,
/// between taking a bit and ringing leaves a sleeper that nobody rings for: therefore a sleep is never
/// without an end, and what it waits for is looked at again.
public struct Sleepers<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int

    /// A view of the two words there, 0 at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int) {
        self.words = words
        at = offset
    }

    /// A thread of the VM in this slot is about to sleep. It looks once more before it does.
    @inlinable
    public func announce(_ slot: Int) {
        set(1 << UInt64(slot & 63), at)
        words.fence()
    }

    /// After a store that may end another's wait.
    @inlinable
    @inline(__always)
    public func rouse(_ bell: some Doorbell) {
        words.fence()
        if words.loadRelaxed(at) != 0 { ring(bell) }
    }

    @inline(never)
    @usableFromInline
    func ring(_ bell: some Doorbell) {
        var slots = words.exchange(0, at: at)
        while slots != 0 {
            bell.ring(slot: slots.trailingZeroBitCount)
            slots &= slots - 1
        }
    }

    /// As bits, the slots of VMs in which somebody stores without ringing: who waits for one of these
    /// cannot sleep until it is rung for.
    @inlinable public var silent: UInt64 { words.loadRelaxed(at + 8) }

    /// The VM in this slot, or some process of it, stores without ringing.
    @inlinable
    public func setSilent(_ slot: Int) { set(1 << UInt64(slot & 63), at + 8) }

    /// A new incarnation in this slot: nobody there sleeps or stores yet.
    public func clear(_ slot: Int) {
        for offset in [at, at + 8] {
            var seen = words.loadRelaxed(offset)
            while seen >> UInt64(slot & 63) & 1 != 0 {
                let found = words.compareExchange(
                    seen, seen & ~(1 << UInt64(slot & 63)), at: offset)
                if found == seen { break }
                seen = found
            }
        }
    }

    @inlinable
    func set(_ bit: UInt64, _ offset: Int) {
        var seen = words.loadRelaxed(offset)
        while seen & bit == 0 {
            let found = words.compareExchange(seen, seen | bit, at: offset)
            if found == seen { return }
            seen = found
        }
    }
}

/// Over words that stay, it stays.
extension Sleepers: Escapable where M: Escapable {}
