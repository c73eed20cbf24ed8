// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Dynamic loops whose chunks may be run in any order (OpenMP 5.1: nonmonotonic, the default): each thread
/// has a block of the chunks in a word of its own seat, so that taking one costs no traffic between
/// cores, and takes half of what another has left when its own is empty.
///
/// The word: 12 bits that say of which loop it is, 26 bits of the first chunk left, 26 of the one after
/// the last. A word of another loop reads as the whole block: thieves begin it for those who come late.
/// Each seat has eight, so that threads may be in different loops; a thread eight loops ahead waits.
enum Stealing {
    static var slots: UInt64 { 8 }
    private static var bits: UInt64 { 26 }
    private static var mask: UInt64 { (1 << 26) - 1 }

    @inline(__always)
    static func fits(_ trips: UInt64, _ chunk: UInt64) -> Bool {
        trips < mask - 4 || trips / max(chunk, 1) < mask - 4
    }

    @inline(__always)
    static func enter(_ thread: ThreadRecord) -> UInt64 {
        let seat = thread.seat
        let number = seat.get(Seat.stealingField) &+ 1
        seat.store(Seat.stealingField, number)
        if number &- seat.safeStealing >= slots {
            Construct.wait(thread, seat, Seat.stealingField, number, slots)
            seat.safeStealing = number &- slots &+ 1
        }
        return number
    }

    @inline(__always)
    private static func field(_ number: UInt64) -> Int {
        Seat.stealLine &+ Int(truncatingIfNeeded: number & 7) << 3
    }
    @inline(__always)
    private static func tag(_ number: UInt64) -> UInt64 { (number >> 3 &+ 1) << (2 * bits) }
    @inline(__always)
    private static func isOf(_ tag: UInt64, _ word: UInt64) -> Bool {
        (word ^ tag) >> (2 * bits) == 0
    }
    @inline(__always)
    private static func word(_ tag: UInt64, _ low: UInt64, _ high: UInt64) -> UInt64 {
        tag | low << bits | high
    }

    /// A word that is of no loop soon.
    static func stale(_ seat: Seat) -> UInt64 {
        tag(seat.get(Seat.stealingField) &- 16 * slots)
    }

    @inline(__always)
    static func next(_ thread: ThreadRecord, _ seat: Seat, _ loop: LoopRecord) -> Bool {
        if loop.isEntered {
            let old = seat.words.add(1 << bits, at: field(loop.construct))
            let low = old >> bits & mask
            if low < old & mask { return Loop.set(loop, low &* loop.chunk, loop.chunk) }
            return steal(thread, seat, loop)
        }
        return first(thread, seat, loop)
    }

    @inline(never)
    private static func first(_ thread: ThreadRecord, _ seat: Seat, _ loop: LoopRecord) -> Bool {
        loop.isEntered = true
        let at = field(loop.construct)
        let tag = tag(loop.construct)
        let (low, high) = begins(thread.number, thread, loop)
        let word = seat.get(at)
        if !isOf(tag, word), low < high,
            seat.words.compareExchange(word, self.word(tag, low &+ 1, high), at: at) == word
        {
            return Loop.set(loop, low &* loop.chunk, loop.chunk)
        }
        // A thief has begun it; or there is nothing in it.
        if low >= high {
            // Said, since a later use of the word must find it of the use just before.
            if !isOf(tag, word) {
                _ = seat.words.compareExchange(word, self.word(tag, low, low), at: at)
            }
            return steal(thread, seat, loop)
        }
        return next(thread, seat, loop)
    }

    @inline(__always)
    private static func begins(
        _ number: Int, _ thread: ThreadRecord, _ loop: LoopRecord
    ) -> (low: UInt64, high: UInt64) {
        let trips = loop.trips
        // All but the last one, which goes to whoever finds no other.
        let chunks = trips == 0 ? 0 : loop.chunk == 1 ? trips &- 1 : (trips &- 1) / loop.chunk
        return Loop.block(
            chunks, UInt64(truncatingIfNeeded: number), of: UInt64(truncatingIfNeeded: thread.size))
    }

    @inline(never)
    private static func steal(_ thread: ThreadRecord, _ seat: Seat, _ loop: LoopRecord) -> Bool {
        let size = thread.size
        let at = field(loop.construct)
        let tag = tag(loop.construct)
        var step = 1
        while step < size {
            var victim = thread.number &+ step
            if victim >= size { victim &-= size }
            let other = thread.team.seat(victim)
            var word = other.load(at)
            while true {
                var low = word >> bits & mask
                var high = word & mask
                if !isOf(tag, word) {
                    (low, high) = begins(victim, thread, loop)
                }
                if low >= high { break }
                let middle = high &- (high &- low &+ 1) / 2
                let found = other.words.compareExchange(
                    word, self.word(tag, low, middle), at: at)
                if found == word {
                    // Its own word is empty, and nobody takes from an empty one.
                    seat.store(at, self.word(tag, middle &+ 1, high))
                    return Loop.set(loop, middle &* loop.chunk, loop.chunk)
                }
                word = found
            }
            step &+= 1
        }
        return last(thread, loop)
    }

    /// The last chunk, for the first to come: he takes nothing after it, since gcc finds out whose values
    /// `lastprivate` variables get by what a thread has had last.
    private static func last(_ thread: ThreadRecord, _ loop: LoopRecord) -> Bool {
        loop.kind = .ended
        if loop.trips == 0 { return false }
        let number = loop.construct
        let team = thread.team
        let at = TeamRecord.lastChunkLine &+ Int(truncatingIfNeeded: number & 7) << 3
        let seen = team.get(at)
        if seen == number || team.words.compareExchange(seen, number, at: at) != seen {
            return false
        }
        return Loop.set(loop, (loop.trips &- 1) / loop.chunk &* loop.chunk, loop.chunk)
    }
}
