// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// Waits until a word says that it is over; that word's low bits may say who is lost, too.
struct ProbeWaiter: Waiter {
    let memory: SharedMemory
    /// Not 0: no wait has any sense.
    let stop: Int
    /// Slots that are lost; 0: nobody looks.
    var lost: Int = 0
    private var looks = 0
    private var known: UInt64 = 0

    init(_ memory: SharedMemory, stop: Int, lost: Int = 0) {
        self.memory = memory
        self.stop = stop
        self.lost = lost
    }

    mutating func disregard(_ slots: UInt64) { known |= slots }

    mutating func wait() throws(SyncError) {
        looks &+= 1
        if looks & 15 != 0 { return Processor.pause() }
        if memory.load(word: stop) != 0 { throw .draining }
        if lost != 0 {
            let slots = memory.load(word: lost) & ~known
            if slots != 0 { throw .memberLost(slots: slots) }
        }
        Processor.yield()
    }
}

/// Numbers that look like chance (Marsaglia's xorshift64).
struct Chance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 11) % bound
    }
}
