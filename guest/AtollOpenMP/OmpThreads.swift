// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Where the calling thread is, and the ICVs of its task (OpenMP 5.1, sections 3.2 and 3.4). The Fortran
// forms are in omp_fortran.c.

@c public func omp_get_thread_num() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.number)
}

@c public func omp_get_num_threads() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.size)
}

@c public func omp_get_max_threads() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.environment.threads)
}

@c public func omp_set_num_threads(_ count: Int32) {
    changedEnvironment().threads = Int(max(count, 1))
}

@c public func omp_get_num_procs() -> Int32 {
    _ = ThreadRecord.current
    return Int32(clamping: atoll_omp_processors())
}

@c public func omp_in_parallel() -> Int32 { ThreadRecord.current.team.activeLevel > 0 ? 1 : 0 }

@c public func omp_set_dynamic(_ value: Int32) { changedEnvironment().isDynamic = value != 0 }

@c public func omp_get_dynamic() -> Int32 {
    ThreadRecord.current.environment.isDynamic ? 1 : 0
}

/// Deprecated: says whether there may be more than one active level.
@c public func omp_set_nested(_ value: Int32) {
    let environment = changedEnvironment()
    if value == 0 {
        environment.activeLevels = min(environment.activeLevels, 1)
    } else if environment.activeLevels <= 1 {
        environment.activeLevels = EnvironmentValues.supportedLevels
    }
}

@c public func omp_get_nested() -> Int32 {
    let thread = ThreadRecord.current
    let levels = thread.environment.activeLevels
    return levels > 1 && levels > thread.team.activeLevel ? 1 : 0
}

@c public func omp_set_max_active_levels(_ levels: Int32) {
    if levels < 0 { return }
    changedEnvironment().activeLevels = min(Int(levels), EnvironmentValues.supportedLevels)
}

@c public func omp_get_max_active_levels() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.environment.activeLevels)
}

@c public func omp_get_supported_active_levels() -> Int32 {
    Int32(EnvironmentValues.supportedLevels)
}

@c public func omp_set_schedule(_ kind: UInt32, _ chunk: Int32) {
    let environment = ThreadRecord.current.environment
    var size = Int(chunk)
    switch kind & 0x7fff_ffff {
    case 1: size = max(size, 0)
    case 2, 3: size = max(size, 1)
    case 4: size = environment.scheduleChunk
    default: return
    }
    let changed = changedEnvironment()
    changed.schedule = UInt64(kind)
    changed.scheduleChunk = size
}

@c public func omp_get_thread_limit() -> Int32 {
    Int32(clamping: ThreadRecord.current.environment.threadLimit)
}

@c public func omp_get_level() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.team.level)
}

@c public func omp_get_active_level() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.team.activeLevel)
}

@c public func omp_get_ancestor_thread_num(_ level: Int32) -> Int32 {
    guard let seat = ancestor(Int(level)) else { return -1 }
    return Int32(truncatingIfNeeded: seat.number)
}

@c public func omp_get_team_size(_ level: Int32) -> Int32 {
    guard let seat = ancestor(Int(level)) else { return -1 }
    let thread = ThreadRecord.current
    if seat.offset == thread.seat.offset { return Int32(truncatingIfNeeded: thread.size) }
    return Int32(truncatingIfNeeded: seat.team.size)
}

/// The implicit task at a level that encloses the calling thread's, or its own.
private func ancestor(_ level: Int) -> Seat? {
    var seat = ThreadRecord.current.seat
    var current = seat.team.level
    if level < 0 || level > current { return nil }
    while current > level {
        seat = seat.team.parent
        current = seat.team.level
    }
    return seat
}

@c public func omp_get_cancellation() -> Int32 {
    _ = ThreadRecord.current
    return Settings.shared.isCancellable ? 1 : 0
}

@c public func omp_get_proc_bind() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.environment.bind)
}

@c public func omp_get_num_teams() -> Int32 {
    let league = ThreadRecord.current.team.group.get(TeamRecord.leagueField)
    return Int32(truncatingIfNeeded: max(league >> 32, 1))
}

@c public func omp_get_team_num() -> Int32 {
    let league = ThreadRecord.current.team.group.get(TeamRecord.leagueField)
    return Int32(truncatingIfNeeded: league & 0xffff_ffff)
}

@c public func omp_set_num_teams(_ count: Int32) {
    _ = ThreadRecord.current
    if count >= 0 { atoll_omp_set_teams(count) }
}

@c public func omp_get_max_teams() -> Int32 {
    _ = ThreadRecord.current
    return atoll_omp_teams()
}

@c public func omp_set_teams_thread_limit(_ count: Int32) {
    _ = ThreadRecord.current
    if count >= 0 { atoll_omp_set_teams_limit(count) }
}

@c public func omp_get_teams_thread_limit() -> Int32 {
    _ = ThreadRecord.current
    return atoll_omp_teams_limit()
}

/// Elapsed seconds, the same in all VMs (section 3.10).
@c public func omp_get_wtime() -> Double {
    _ = ThreadRecord.current
    return Double(atoll_program_clock()) / 1e9
}

@c public func omp_get_wtick() -> Double { 1e-9 }

/// Whether the calling thread runs an explicit task (OpenMP 5.2).
@c public func omp_in_explicit_task() -> Int32 { ThreadRecord.current.task != 0 ? 1 : 0 }

/// For a task that changes one of its ICVs.
func changedEnvironment() -> TaskEnvironment {
    let environment = Tasks.environmentToChange(ThreadRecord.current)
    environment.changed()
    return environment
}
