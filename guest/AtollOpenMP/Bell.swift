// SPDX-License-Identifier: Apache-2.0
//
// C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// How threads of the runtime sleep until they are rung for, where all ranks ring (``Sleepers``).
///
/// What an operation has stored is followed by ``rouse()``: at the latest when its thread begins its next
/// wait, which every ``ImageWaiter`` does before its first look.
enum Bell {
    struct Door: Doorbell {
        func heard() -> UInt32 { atoll_doorbell_heard() }
        func ring(slot: Int) { atoll_doorbell_ring(UInt32(truncatingIfNeeded: slot)) }
        func sleep(heard: UInt32, nanoseconds: UInt64) -> UInt32 {
            atoll_doorbell_sleep(heard, nanoseconds)
        }
    }

    static var slot: Int { Int(atoll_doorbell_slot()) }

    static var sleepers: Sleepers<ImageWords> {
        // SAFETY: two words of a page that is mapped until the process ends; touched by atomic operations
        // alone.
        unsafe Sleepers(ImageWords(at: UInt(atoll_doorbell_sleepers()), count: 16), at: 0)
    }

    /// After a store that may end another thread's wait.
    @inline(__always)
    static func rouse() { if atoll_has_doorbell() { rouseSlowly() } }

    @inline(never)
    private static func rouseSlowly() { sleepers.rouse(Door()) }

    /// Whether everybody rings whom a thread of this program may wait for.
    static var maySleep: Bool {
        atoll_has_doorbell() && sleepers.silent & atoll_doorbell_members() == 0
    }
}

/// One wait's sleeps. A ring that was meant for others must not cost more than a nap does: after a few of
/// them in a row, it naps between two sleeps, longer and longer.
struct BellSleep {
    static var freeRings: UInt32 { 4 }
    static var shortestNap: UInt64 { 20_000 }
    static var longestNap: UInt64 { 500_000 }
    /// Until it is rung for: a program's end and the loss of a rank are looked for in between.
    static var longest: UInt64 { 20_000_000 }

    private var doze = Doze()
    private var ringsInVain: UInt32 = 0

    /// After a look that found nothing, where ``Bell/maySleep``.
    @inline(never)
    mutating func step(longest: UInt64 = Self.longest) {
        switch doze.step(Bell.sleepers, Bell.Door(), slot: Bell.slot, nanoseconds: longest) {
        case .announced: return
        case .overslept: ringsInVain = 0
        case .rung:
            ringsInVain &+= 1
            if ringsInVain <= Self.freeRings { return }
            let doublings = UInt64(min(ringsInVain - Self.freeRings, 5))
            // The look comes before the next sleep: what has rung may have been for this wait.
            napNext = min(Self.shortestNap << doublings, Self.longestNap)
        }
    }

    private(set) var napNext: UInt64 = 0

    /// What is to be napped before the next step, once.
    mutating func takeNap() -> UInt64 {
        let nap = napNext
        napNext = 0
        return nap
    }
}

@c
public func atoll_bell_rouse() { Bell.rouse() }

@c
public func atoll_bell_silent() { Bell.sleepers.setSilent(Bell.slot) }

@c
public func atoll_bell_await(_ word: UInt64, _ heard: UInt64, _ nanoseconds: UInt64) -> Bool {
    guard Bell.maySleep else { return false }
    // SAFETY: a bell's word, in the image's header.
    let bell = unsafe ImageWords(at: UInt(word), count: 8)
    var doze = Doze()
    var rings = 0
    while bell.load(0) & ~1 == heard {
        switch doze.step(Bell.sleepers, Bell.Door(), slot: Bell.slot, nanoseconds: nanoseconds) {
        case .announced: continue
        case .overslept: return true
        case .rung:
            // For others: not over and over at the cost of a processor.
            rings += 1
            if rings > 4 && bell.load(0) & ~1 == heard {
                atoll_sys_nap(BellSleep.longestNap)
                return true
            }
        }
    }
    return true
}
