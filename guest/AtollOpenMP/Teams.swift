// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// Making teams, filling them with threads, and giving both back. None of this is on the path of a region
/// whose task has forked one of that size before.
enum Teams {
    private static var classes: Int { 11 }

    /// A team with room for `count`, all of it zero. None: no memory.
    static func allocate(_ count: Int) -> TeamRecord {
        var size = 0
        while 1 << size < count { size += 1 }
        if size >= classes { return .none }
        let settings = Settings.shared
        let list = Settings.teamListsField + size * 8
        let lock = ImageLock(settings, Settings.teamsField)
        lock.acquire(.none)
        var team = TeamRecord(settings.integer(list))
        if !team.isNone { settings.set(list, team.integer(TeamRecord.nextField)) }
        lock.release()
        let bytes = TeamRecord.bytes(capacity: 1 << size)
        if team.isNone {
            let block = atoll_core_allocate(UInt64(bytes))
            if block == 0 { return .none }
            team = TeamRecord(Int(truncatingIfNeeded: block))
        }
        var field = 0
        while field < bytes {
            team.set(field, UInt64(0))
            field += 8
        }
        team.capacity = 1 << size
        return team
    }

    static func free(_ team: TeamRecord) {
        TaskTeam.drop(team)
        var slot: UInt64 = 0
        while slot < UInt64(TeamRecord.ringSlots) {
            let memory = Construct.slot(team, slot).formerMemory
            if memory != 0 { CoreHeap.free(memory) }
            slot += 1
        }
        TaskTeam.drop(team)
        var size = 0
        while 1 << size < team.capacity { size += 1 }
        let settings = Settings.shared
        let list = Settings.teamListsField + size * 8
        let lock = ImageLock(settings, Settings.teamsField)
        lock.acquire(.none)
        team.set(TeamRecord.nextField, settings.integer(list))
        settings.set(list, team)
        lock.release()
    }

    /// The hot team of a task, with at least `count` members if threads can be had.
    static func grown(_ parent: Seat, _ thread: ThreadRecord, to count: Int) -> TeamRecord {
        let team = shell(parent, thread, count)
        while team.members < count {
            let number = team.members
            let place = Places.of(team.seat(number))
            let rank = place == 0 ? rank(of: number, thread) : Places.rank(place)
            guard let worker = ThreadPool.claim(rank: rank, isWorker: true)
            else { break }
            let seat = team.seat(number)
            seat.team = team
            seat.number = number
            seat.set(Seat.threadField, worker)
            seat.generation = team.generation
            ThreadPool.words.assign(worker.offset, seat.offset)
            Bell.rouse()
            team.members = number + 1
        }
        return team
    }

    /// The hot team of a task, with room for `count` members, and as many as it had, or one.
    static func shell(_ parent: Seat, _ thread: ThreadRecord, _ count: Int) -> TeamRecord {
        var team = parent.hotTeam
        if !team.isNone, team.capacity >= count { return team }
        disband(parent)
        team = allocate(count == 1 ? 1 : max(count, 16))
        if team.isNone { team = allocate(count) }
        if team.isNone { atoll_core_no_memory() }
        team.parent = parent
        team.level = thread.team.level + 1
        team.group = thread.team.group
        team.members = 1
        team.set(TeamRecord.wordField, UInt64(1 << 16 | 1))
        let seat = team.seat(0)
        seat.team = team
        seat.place = parent.place
        seat.set(Seat.threadField, thread)
        parent.hotTeam = team
        return team
    }

    /// Where the thread with this number in a team runs, if the master runs where `thread` does. Compactly:
    /// one rank is filled after the other.
    private static func rank(of number: Int, _ thread: ThreadRecord) -> Int {
        let ranks = Int(atoll_process_ranks())
        let each = max(Int(atoll_process_threads()), 1)
        if ranks == 1 { return 0 }
        // Inner teams stay where their master is, unless they are larger than what one rank is for.
        if !thread.team.parent.isNone, number < each { return thread.rank }
        let step = Settings.shared.spreads ? number : number / each
        return (thread.rank + step) % ranks
    }

    /// Gives back the team that a task keeps for its next region, and its workers.
    static func disband(_ parent: Seat) {
        let team = parent.hotTeam
        if team.isNone { return }
        parent.hotTeam = .none
        disband(team.seat(0))
        let members = team.members
        team.set(TeamRecord.keptField, UInt64(1))
        team.crew.begin(team.generation + 1, 0)
        for number in 1..<max(members, 1) {
            var waiter = ImageWaiter()
            while team.seat(number).load(Seat.threadField) != 0 { waiter.step() }
        }
        free(team)
    }
}
