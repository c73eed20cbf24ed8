// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A queue of words with any number of producers and consumers, in the order of claiming.
///
/// After D. Vyukov's bounded queue, with one change: who pushes claims the *cell*, with its name, and
/// not the position, so that a survivor sees whose element is missing. Positions count for ever;
/// position *p* lies in cell *p* modulo the capacity, in round *p* divided by the capacity.
///
///     line 2   positions claimed by producers, or one less for each that has not said so yet
///     line 3   positions emptied by consumers, likewise
///     line 4.. the cells: state and value
///
/// A cell's state is its kind and its round, or who claimed it:
///
///     bit 63 = 0   bits 61-62: 0 empty, 1 full, 2 skipped; bits 0-60: round
///     bit 63 = 1   bit 62: lowest bit of the round; bits 0-61: owner word of the producer
///
/// A consumer empties a cell by one compare-and-exchange, having read the value before it.
///
/// ## If the holder dies
/// A consumer holds nothing. A producer that dies between its claim and its last store leaves a
/// claimed cell: whoever comes upon it asks ``Liveness`` and marks it skipped, and its element was
/// never there. Until certainty comes, elements behind it stay where they are, and waits end as the
/// ``Waiter`` says.
public struct Queue<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    public let capacity: Int

    /// What a queue of so many elements takes of a region.
    @inlinable public static func bytes(capacity: Int) -> Int { 256 + capacity * 16 }

    @inlinable static var tail: Int { 128 }
    @inlinable static var head: Int { 192 }

    @inlinable static var full: UInt64 { 1 << 61 }
    @inlinable static var skipped: UInt64 { 2 << 61 }
    @inlinable static var claimed: UInt64 { 1 << 63 }

    /// How many fruitless looks lie between two questions about a claimant's life.
    @inlinable static var looksPerQuestion: Int { 64 }

    /// A view of the queue in these words, all 0 at first.
    ///
    /// - Parameter capacity: elements, a power of two, the same for everybody.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        precondition(words.count >= Self.bytes(capacity: capacity))
        self.words = words
        self.capacity = capacity
    }

    @inlinable
    func cell(_ position: UInt64) -> Int {
        256 + Int(truncatingIfNeeded: position & UInt64(capacity - 1)) * 16
    }

    @inlinable
    func round(_ position: UInt64) -> UInt64 {
        position >> UInt64(capacity.trailingZeroBitCount)
    }

    @inlinable
    func claim(_ round: UInt64, _ owner: UInt64) -> UInt64 {
        Self.claimed | (round & 1) << 62 | owner
    }

    /// Whether the state is a claim for this round (and not for the one before).
    @inlinable
    func isClaim(_ state: UInt64, _ round: UInt64) -> Bool {
        state & Self.claimed != 0 && state >> 62 & 1 == round & 1
    }

    /// Whether the state is no claim, and of this round.
    @inlinable
    func isOf(_ state: UInt64, _ round: UInt64) -> Bool {
        state & Self.claimed == 0 && state & (Self.full - 1) == round
    }

    /// Elements in it, about: others come and go.
    @inlinable
    public var count: Int {
        let head = words.load(Self.head)
        let count = words.load(Self.tail) &- head
        return Int(truncatingIfNeeded: min(count, UInt64(capacity)))
    }

    // MARK: Without waiting

    /// Adds an element; `false` where there is no room.
    ///
    /// - Parameter me: the caller, who holds a cell under this name for a moment.
    @inlinable
    public func tryPush(_ value: UInt64, as me: Owner, _ liveness: some Liveness) -> Bool {
        attemptPush(value, me) { liveness.isLost($0) }
    }

    /// Takes the oldest element; `nil` where there is none, or where its producer, alive, is not yet
    /// done.
    @inlinable
    public func tryPop(_ liveness: some Liveness) -> UInt64? {
        attemptPop { liveness.isLost($0) }
    }

    @inlinable
    func attemptPush(_ value: UInt64, _ me: Owner, _ isLost: (Owner) -> Bool) -> Bool {
        while true {
            let position = words.load(Self.tail)
            let cell = cell(position)
            let round = round(position)
            let state = words.load(cell)
            if state == round {
                let mine = claim(round, me.word)
                guard words.compareExchange(state, mine, at: cell) == state else { continue }
                _ = words.compareExchange(position, position &+ 1, at: Self.tail)
                words.storeRelaxed(value, at: cell + 8)
                words.store(Self.full | round, at: cell)
                return true
            }
            if isClaim(state, round) || isOf(state, round) || isOf(state, round &+ 1) {
                // Claimed by one who has not said so yet, and perhaps popped by now.
                _ = words.compareExchange(position, position &+ 1, at: Self.tail)
            } else if isClaim(state, round &- 1) {
                // The cell's element of the round before is still on its way.
                guard words.load(Self.tail) == position else { continue }
                guard skip(cell, state, round &- 1, isLost) else { return false }
            } else if state == Self.full | (round &- 1) {
                guard words.load(Self.tail) == position else { continue }
                return false
            } else if state == Self.skipped | (round &- 1) {
                // Nothing in it: as good as popped, where it is the oldest.
                guard words.load(Self.head) &+ UInt64(capacity) == position else { return false }
                empty(position &- UInt64(capacity), state)
            }
        }
    }

    @inlinable
    func attemptPop(_ isLost: (Owner) -> Bool) -> UInt64? {
        while true {
            let position = words.load(Self.head)
            let cell = cell(position)
            let round = round(position)
            let state = words.load(cell)
            if state == Self.full | round {
                let value = words.loadRelaxed(cell + 8)
                if empty(position, state) { return value }
            } else if state == Self.skipped | round {
                empty(position, state)
            } else if state == round {
                return nil
            } else if isClaim(state, round) {
                guard words.load(Self.head) == position else { continue }
                guard skip(cell, state, round, isLost) else { return nil }
            } else {
                // Of a later round: emptied by one who has not said so yet.
                _ = words.compareExchange(position, position &+ 1, at: Self.head)
            }
        }
    }

    @discardableResult
    @inlinable
    func empty(_ position: UInt64, _ state: UInt64) -> Bool {
        let next = round(position) &+ 1
        guard words.compareExchange(state, next, at: cell(position)) == state else { return false }
        _ = words.compareExchange(position, position &+ 1, at: Self.head)
        return true
    }

    /// Gives up the element that a dead producer did not finish. `false`: it lives, as far as is known.
    @inlinable
    func skip(_ cell: Int, _ state: UInt64, _ round: UInt64, _ isLost: (Owner) -> Bool) -> Bool {
        // Asked after the claim was seen: who is lost by then writes no more.
        guard let owner = Owner(in: state & Owner.mask), isLost(owner) else {
            return words.load(cell) != state
        }
        if words.compareExchange(state, Self.skipped | round, at: cell) == state {
            _ = words.add(1, at: SyncLayout.deaths)
        }
        return true
    }

    // MARK: Waiting

    /// Adds an element, waiting for room.
    ///
    /// - Throws: what `waiter` throws; the element is then not in the queue.
    @inlinable
    public func push(
        _ value: UInt64, as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) {
        var looks = 0
        while true {
            // The question may cost a system call: not at every look.
            looks &+= 1
            let ask = waiter.slept || looks % Self.looksPerQuestion == 0
            if attemptPush(value, me, { ask && liveness.isLost($0) }) { return }
            do { try waiter.wait() } catch {
                if tryPush(value, as: me, liveness) { return }
                throw error
            }
        }
    }

    /// Takes the oldest element, waiting for one.
    ///
    /// - Throws: what `waiter` throws; nothing has then been taken.
    @inlinable
    public func pop(
        _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) -> UInt64 {
        var looks = 0
        while true {
            looks &+= 1
            let ask = waiter.slept || looks % Self.looksPerQuestion == 0
            if let value = attemptPop({ ask && liveness.isLost($0) }) { return value }
            do { try waiter.wait() } catch {
                if let value = tryPop(liveness) { return value }
                throw error
            }
        }
    }
}
