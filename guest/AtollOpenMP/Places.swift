// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// Which place each thread of a team gets (OpenMP 5.1, section 2.6.2), where threads are bound to places.
/// A place belongs to a VM: it says in which one its thread runs.
///
/// A word tells where a thread may run: the first place of its partition in bits 0-15, the partition's places
/// in bits 16-31, its own place + 1 in bits 32-47. 0: anywhere.
enum Places {
    @inline(__always)
    static func word(first: Int, count: Int, own: Int) -> UInt64 {
        UInt64(first & 0xffff) | UInt64(count & 0xffff) << 16 | UInt64(own &+ 1) << 32
    }

    /// Of the threads that the program starts: the first place of the VM that they are in.
    static var first: UInt64 {
        let places = Int(atoll_core_binds())
        if places == 0 { return 0 }
        var own = 0
        while own < places, atoll_core_place_rank(UInt32(own)) != atoll_process_rank() { own += 1 }
        return word(first: 0, count: places, own: own < places ? own : 0)
    }

    static func of(_ seat: Seat) -> UInt64 { seat.place }

    static func rank(_ place: UInt64) -> Int {
        Int(atoll_core_place_rank(UInt32(truncatingIfNeeded: place >> 32) &- 1))
    }

    /// By the thread itself.
    @inline(never)
    static func take(_ thread: ThreadRecord, _ place: UInt64) {
        let before = thread.place
        thread.place = place
        if place >> 32 != 0, place >> 32 != before >> 32 {
            atoll_core_bind(UInt32(truncatingIfNeeded: place >> 32) &- 1)
        }
    }

    /// Gives the seats of the next region their places, if they have not had them from the last one of that
    /// size and policy.
    @inline(__always)
    static func arrange(_ thread: ThreadRecord, _ count: Int, _ bind: UInt64) {
        let policy = bind != 0 ? bind : thread.environment.bind
        let team = thread.seat.hotTeam
        let key = UInt64(truncatingIfNeeded: count) << 8 | policy
        if team.isNone || team.get(TeamRecord.placedField) != key {
            arrange(thread, count, policy, key)
        }
    }

    @inline(never)
    private static func arrange(
        _ thread: ThreadRecord, _ count: Int, _ policy: UInt64, _ key: UInt64
    ) {
        let parent = thread.seat
        var team = Teams.shell(parent, thread, count)
        var number = 1
        while number < min(count, team.members) {
            let place = place(number, of: count, policy, thread.place)
            let old = team.seat(number).place
            // A thread cannot move to another VM: another one then.
            if place != 0, old == 0 || rank(place) != rank(old) {
                Teams.disband(parent)
                team = Teams.shell(parent, thread, count)
                break
            }
            number += 1
        }
        number = 0
        while number < count {
            team.seat(number).place = place(number, of: count, policy, thread.place)
            number += 1
        }
        team.set(TeamRecord.placedField, key)
    }

    private static func place(
        _ number: Int, of count: Int, _ policy: UInt64, _ master: UInt64
    ) -> UInt64 {
        let first = Int(master & 0xffff)
        let places = Int(master >> 16 & 0xffff)
        let own = Int(master >> 32) - 1
        if own < 0 || places == 0 || policy == 0 { return master }
        let start = own - first
        switch policy {
        case 2:
            return master
        case 4:
            if count <= places {
                // A partition for each thread; the one of the master's place is thread 0's.
                let each = places / count
                let rest = places % count
                let lead = part(start, each, rest)
                let mine = (lead + number) % count
                let from = mine * each + min(mine, rest)
                let size = each + (mine < rest ? 1 : 0)
                return word(
                    first: first + from, count: size, own: number == 0 ? own : first + from)
            }
            let at = first + (start + share(number, count, places)) % places
            return word(first: at, count: 1, own: at)
        default:
            let step = count <= places ? number : share(number, count, places)
            return word(first: first, count: places, own: first + (start + step) % places)
        }
    }

    /// The partition that a place is in, of those of which the first `rest` are larger by one.
    private static func part(_ place: Int, _ each: Int, _ rest: Int) -> Int {
        place < rest * (each + 1) ? place / (each + 1) : rest + (place - rest * (each + 1)) / each
    }

    /// How many places from the master's on a thread is, where there are more threads than places.
    private static func share(_ number: Int, _ count: Int, _ places: Int) -> Int {
        part(number, count / places, count % places)
    }
}
