// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// The `teams` and `target` constructs on the host (OpenMP 5.1, sections 2.7 and 2.14): the initial teams of a
/// league run one after the other; a target region is run by the thread that comes to it.
///
/// Which of a league's teams it is stands in the initial team of the contention group: its number in the
/// lower half of a word, and how many there are in the upper one (0: one).
enum League {
    /// The default of the num_teams clause; 0: one.
    static var standard: UInt32 { 0 }

    @inline(__always)
    static func number(_ thread: ThreadRecord) -> UInt32 {
        UInt32(truncatingIfNeeded: thread.team.group.get(TeamRecord.leagueField))
    }
    @inline(__always)
    static func size(_ thread: ThreadRecord) -> UInt32 {
        max(UInt32(truncatingIfNeeded: thread.team.group.get(TeamRecord.leagueField) >> 32), 1)
    }

    static func set(_ thread: ThreadRecord, _ number: UInt32, of size: UInt32) {
        thread.team.group.set(
            TeamRecord.leagueField, UInt64(number) | UInt64(size) << 32)
    }

    static func limit(_ thread: ThreadRecord, _ threads: UInt32) {
        guard threads != 0 else { return }
        let environment = Tasks.environmentToChange(thread)
        environment.threadLimit = min(Int(threads), TaskEnvironment.unlimited)
        environment.changed()
    }

    static func run(_ function: UInt64, _ data: UInt64, _ teams: UInt32, _ threads: UInt32) {
        let thread = ThreadRecord.current
        let before = thread.environment.threadLimit
        limit(thread, threads)
        let count = max(teams, 1)
        for team in 0..<count {
            set(thread, team, of: count)
            atoll_call(function, data)
        }
        set(thread, 0, of: 1)
        let environment = thread.environment
        if environment.threadLimit != before {
            environment.threadLimit = before
            environment.changed()
        }
    }

    /// Runs a target region: in an initial task of its own, of a team of its own.
    static func target(_ function: UInt64, _ data: UInt64) {
        let thread = ThreadRecord.current
        let (team, seat) = (thread.team, thread.seat)
        let (environment, task) = (thread.environment, thread.task)
        let (number, size) = (thread.number, thread.size)
        let inner = Runtime.initialTeam(thread, environment)
        thread.task = 0
        if Ompt.isOn { Ompt.initialTaskBegins(thread) }
        atoll_call(function, data)
        Tasks.drain(thread)
        if Ompt.isOn { Ompt.initialTaskEnds(thread) }
        Teams.disband(inner.seat(0))
        thread.team = team
        thread.seat = seat
        thread.environment = environment
        thread.task = task
        thread.number = number
        thread.size = size
        Teams.free(inner)
    }
}

@c
public func GOMP_teams_reg(
    _ function: UInt64, _ data: UInt64, _ teams: UInt32, _ threads: UInt32, _ flags: UInt32
) {
    League.run(function, data, teams, threads)
}

@c
public func GOMP_teams(_ teams: UInt32, _ threads: UInt32) {
    let thread = ThreadRecord.current
    League.limit(thread, threads)
    League.set(thread, 0, of: 1)
}

@c
public func GOMP_teams4(
    _ least: UInt32, _ most: UInt32, _ threads: UInt32, _ isFirst: Bool
) -> Bool {
    let thread = ThreadRecord.current
    if isFirst {
        League.limit(thread, threads)
        League.set(thread, 0, of: least)
        return true
    }
    let (number, size) = (League.number(thread), League.size(thread))
    if number + 1 >= size { return false }
    League.set(thread, number + 1, of: size)
    return true
}

@c
public func atoll_core_target(_ function: UInt64, _ data: UInt64) { League.target(function, data) }
