// SPDX-License-Identifier: Apache-2.0
//
// C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollRegion
internal import CAtollOpenMP

/// One of rank 0's threads that serve the other ranks.
///
/// One leads: it looks for requests and serves them itself, which wakes nobody. A second watches it,
/// seldom: where a call keeps the leader, the watcher takes the lead, and another thread, a new one
/// where none is idle, watches. Calls that are known to wait give up the lead first. So there are
/// always threads enough, and never two that spin.
struct ForwardServer {
    /// From 1 on.
    private let number: UInt64
    /// Of the calls served while leading.
    private var calls: UInt64 = 0

    init() { number = Self.state.add(1, at: Self.at(ATOLL_IO_STATE_SERVERS)) + 1 }

    mutating func run() {
        while Self.state.load(Self.at(ATOLL_IO_STATE_CLOSED)) == 0 {
            if leads || swap(ATOLL_IO_STATE_LEADER, 0, number) {
                lead()
            } else if swap(ATOLL_IO_STATE_WATCHER, 0, number) {
                watch()
            } else {
                park()
            }
        }
    }

    // MARK: Leading

    private var leads: Bool { Self.state.load(Self.at(ATOLL_IO_STATE_LEADER)) == number }
    /// The leader's word, idle: in bit 0, whether it is in a call.
    private var beat: UInt64 { number << 40 | (calls << 1 & 0xff_ffff_fffe) }

    private mutating func lead() {
        Self.state.store(beat, at: Self.at(ATOLL_IO_STATE_BEAT))
        var patience = ForwardPatience(mayLook: false)
        while leads {
            let heard = atoll_io_bell_heard()
            let posted = ForwardSlots.take()
            if posted == 0 && atoll_io_has_bell() {
                patience.waitForBell(heard)
            } else if posted == 0 {
                patience.wait(longest: calls == 0 ? 4_000_000 : 1_000_000)
            } else {
                patience.end()
                serve(posted)
            }
        }
    }

    private mutating func serve(_ posted: UInt64) {
        let request = posted & ~ForwardSlots.flags
        let waits =
            posted & UInt64(ATOLL_IO_WAITS | ATOLL_IO_PINS) != 0
            || (posted & UInt64(ATOLL_IO_READS) != 0 && atoll_io_would_wait(request))
        if waits { giveUp() }
        let idle = beat
        if !waits {
            // A full barrier: either the watcher sees this before it sleeps, or it is seen to sleep.
            _ = Self.state.exchange(idle | 1, at: Self.at(ATOLL_IO_STATE_BEAT))
            if Self.state.load(Self.at(ATOLL_IO_STATE_ASLEEP)) != 0 { wakeWatcher() }
        }
        if posted & UInt64(ATOLL_IO_PINS) != 0 {
            servePinned(request)
        } else {
            ForwardSlots.answer(request)
        }
        calls += 1
        // Not where another leads by now.
        if !waits { _ = swap(ATOLL_IO_STATE_BEAT, idle | 1, beat) }
    }

    private func giveUp() {
        _ = swap(ATOLL_IO_STATE_LEADER, number, 0)
        wakeWatcher()
    }

    private func wakeWatcher() {
        Self.state.store(0, at: Self.at(ATOLL_IO_STATE_ASLEEP))
        _ = Self.state.add(1, at: Self.at(ATOLL_IO_STATE_WATCH))
        atoll_io_wake_one(Int32(ATOLL_IO_STATE_WATCH))
    }

    /// Serves one thread alone while it holds a stream's lock, which belongs to this thread.
    private func servePinned(_ first: UInt64) {
        let mailbox = atoll_io_make_mailbox(first)
        ForwardSlots.answer(first)
        if mailbox == 0 { return }
        // SAFETY: this thread made it, and gives it back below.
        let box = unsafe ImageWords(at: UInt(mailbox), count: 64)
        var patience = ForwardPatience(mayLook: false)
        while true {
            let posted = box.exchange(0, at: 0)
            if posted == 0 {
                patience.wait()
                continue
            }
            patience.end()
            let isLast = posted & UInt64(ATOLL_IO_UNPINS) != 0
            if isLast { atoll_io_free_mailbox(mailbox) }
            ForwardSlots.answer(posted & ~ForwardSlots.flags)
            if isLast { return }
        }
    }

    // MARK: Watching

    private mutating func watch() {
        var quiet = 0
        var seen = Self.state.load(Self.at(ATOLL_IO_STATE_BEAT))
        while true {
            let watch = Self.state.load(Self.at(ATOLL_IO_STATE_WATCH))
            var nap = min(1_000_000 << UInt64(min(quiet, 3)), 8_000_000)
            if quiet > 12 && seen & 1 == 0 {
                // Nothing has been asked for long: until it is.
                Self.state.storeSequential(1, at: Self.at(ATOLL_IO_STATE_ASLEEP))
                if Self.state.loadSequential(Self.at(ATOLL_IO_STATE_BEAT)) == seen { nap = 0 }
            }
            var leader = Self.state.load(Self.at(ATOLL_IO_STATE_LEADER))
            if leader != 0 {
                atoll_io_sleep_on(Int32(ATOLL_IO_STATE_WATCH), watch, UInt64(nap))
                leader = Self.state.load(Self.at(ATOLL_IO_STATE_LEADER))
            }
            let now = Self.state.load(Self.at(ATOLL_IO_STATE_BEAT))
            let isHeldUp = leader != 0 && now == seen && now & 1 != 0 && now >> 40 == leader
            if (leader == 0 || isHeldUp) && swap(ATOLL_IO_STATE_LEADER, leader, number) { break }
            quiet = now == seen ? quiet + 1 : 0
            seen = now
        }
        Self.state.store(0, at: Self.at(ATOLL_IO_STATE_WATCHER))
        if Self.state.load(Self.at(ATOLL_IO_STATE_PARKED)) == 0 {
            atoll_io_start_server()
        } else {
            _ = Self.state.add(1, at: Self.at(ATOLL_IO_STATE_PARK))
            atoll_io_wake_one(Int32(ATOLL_IO_STATE_PARK))
        }
    }

    private func park() {
        let seen = Self.state.load(Self.at(ATOLL_IO_STATE_PARK))
        _ = Self.state.add(1, at: Self.at(ATOLL_IO_STATE_PARKED))
        // The watcher may have gone on since, and have found nobody to wake.
        if Self.state.load(Self.at(ATOLL_IO_STATE_WATCHER)) != 0 {
            atoll_io_sleep_on(Int32(ATOLL_IO_STATE_PARK), seen, 0)
        }
        _ = Self.state.add(0 &- 1, at: Self.at(ATOLL_IO_STATE_PARKED))
    }

    // MARK: Words

    // SAFETY: words of this process, which stay, and are touched by atomic operations alone.
    private static var state: ImageWords {
        unsafe ImageWords(at: UInt(atoll_io_state_address()), count: 128)
    }
    private static func at(_ index: Int) -> Int { index * 8 }
    private func swap(_ index: Int, _ from: UInt64, _ to: UInt64) -> Bool {
        Self.state.compareExchange(from, to, at: Self.at(index)) == from
    }
}

/// What a serving thread runs.
@c
func atoll_io_serve() {
    var server = ForwardServer()
    server.run()
}

/// Not while a thread holds a stream's lock: one that serves might wait for it, and be waited for.
@c
func atoll_io_serve_one() -> Bool {
    guard atoll_io_may_serve() else { return false }
    let posted = ForwardSlots.takeQuick()
    guard posted != 0 else { return false }
    ForwardSlots.answer(posted & ~ForwardSlots.flags)
    return true
}
