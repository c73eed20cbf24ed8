// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// Parallel regions (OpenMP 5.1, section 2.6).
///
///     Parallel.run(thread, function, data, Parallel.size(thread, wanted))
///
/// or `fork`, the encountering thread's own share, `join`.
enum Parallel {
    /// How many threads a region gets that is encountered now (Algorithm 2.1). `wanted`: of a num_threads
    /// clause, 0: none. `most`: what it can use, for sections.
    @inline(__always)
    static func size(_ thread: ThreadRecord, _ wanted: Int, most: Int = .max) -> Int {
        let environment = thread.environment
        if wanted == 1 || environment.activeLevels <= thread.team.activeLevel { return 1 }
        var count = wanted != 0 ? wanted : environment.threads
        if environment.isDynamic { count = min(count, most, usable()) }
        if environment.threadLimit < count { count = environment.threadLimit }
        return max(min(count, 1024), 1)
    }

    private static func usable() -> Int {
        max(Int(atoll_process_ranks()) * Int(atoll_process_threads()), 1)
    }

    /// - Parameter bind: of a proc_bind clause, as `omp_proc_bind_t` has it; 0: none.
    @inline(__always)
    static func run(
        _ thread: ThreadRecord, _ function: UInt64, _ data: UInt64, _ count: Int, bind: UInt64 = 0
    ) {
        fork(thread, function, data, count, bind: bind)
        atoll_call(function, data)
        join(thread)
    }

    @inline(__always)
    static func fork(
        _ thread: ThreadRecord, _ function: UInt64, _ data: UInt64, _ wanted: Int,
        bind: UInt64 = 0, isCalled: Bool = true
    ) {
        let parent = thread.seat
        if atoll_core_binds() != 0 { Places.arrange(thread, wanted, bind) }
        var team = parent.hotTeam
        var count = wanted
        let isNew = team.isNone || team.members < count
        if isNew {
            team = Teams.grown(parent, thread, to: count)
            count = min(count, team.members)
        }
        let seat = team.seat(0)
        let environment = thread.environment
        if environment.threadLimit != TaskEnvironment.unlimited {
            count = reserve(count, environment.threadLimit, team)
        }
        // Written only where they change: the workers' processors hold this line too.
        if team.outerEnvironment.offset != environment.offset {
            team.outerEnvironment = environment
        }
        let task = thread.task
        if team.outerTask != task { team.outerTask = task }
        let active = thread.team.activeLevel &+ (count > 1 ? 1 : 0)
        if team.activeLevel != active { team.activeLevel = active }
        if environment.version == 0 || environment.version != team.get(TeamRecord.versionField) {
            publish(environment, to: team)
        }
        if Ompt.isOn { Ompt.parallelBegins(thread, team, wanted, isCalled: isCalled) }
        let generation = team.generation &+ 1
        if count > team.size { refresh(team, count) }
        team.set(TeamRecord.functionField, function)
        team.set(TeamRecord.dataField, data)
        team.set(TeamRecord.barrierBase, seat.barriers)
        team.set(TeamRecord.constructBase, seat.get(Seat.constructField))
        team.set(TeamRecord.stealingBase, seat.get(Seat.stealingField))
        team.set(TeamRecord.floatControl, atoll_float_control())
        team.crew.begin(generation, count)
        Bell.rouse()
        seat.generation = generation
        seat.begin(team)
        if seat.place != thread.place { Places.take(thread, seat.place) }
        thread.team = team
        thread.seat = seat
        thread.environment = seat.environment
        thread.number = 0
        thread.size = count
        thread.task = 0
        if isNew { AffinityText.showIfAsked() }
        Figures.enterRegion(thread)
        if Ompt.isOn { Ompt.implicitBegins(thread) }
    }

    /// Seats take part that have missed regions: their words for stealing are of long ago, and must not be
    /// taken for those of a loop to come, however the numbers have gone round.
    @inline(never)
    private static func refresh(_ team: TeamRecord, _ count: Int) {
        var number = team.size
        while number < count {
            let seat = team.seat(number)
            var field = 0
            while field < 64 {
                seat.set(Seat.stealLine + field, Stealing.stale(team.seat(0)))
                field += 8
            }
            number += 1
        }
    }

    /// thread-limit-var is of the whole contention group, in whose initial team its threads are counted.
    @inline(never)
    private static func reserve(_ count: Int, _ limit: Int, _ team: TeamRecord) -> Int {
        let words = team.group.words
        var taken = words.load(TeamRecord.groupThreadsLine)
        while true {
            let left = max(limit &- 1 &- Int(truncatingIfNeeded: taken), 0)
            let more = UInt64(truncatingIfNeeded: min(count &- 1, left))
            let found = words.compareExchange(
                taken, taken &+ more, at: TeamRecord.groupThreadsLine)
            if found == taken {
                team.set(TeamRecord.reservedField, more)
                return Int(truncatingIfNeeded: more) &+ 1
            }
            taken = found
        }
    }

    @inline(never)
    private static func giveBack(_ team: TeamRecord) {
        let more = team.get(TeamRecord.reservedField)
        team.set(TeamRecord.reservedField, UInt64(0))
        _ = team.group.words.add(0 &- more, at: TeamRecord.groupThreadsLine)
    }

    /// The encountering task's ICVs have changed since the team's last region.
    @inline(never)
    private static func publish(_ environment: TaskEnvironment, to team: TeamRecord) {
        let settings = Settings.shared
        if environment.version == 0 {
            environment.version = settings.words.add(1, at: Settings.versionField) &+ 1
        }
        let copy = team.environment
        copy.copy(from: environment)
        // The lists of OMP_NUM_THREADS and OMP_PROC_BIND hold a value for each level.
        let level = team.level
        if level < settings.threadsListed { copy.threads = settings.listedThreads(level) }
        if level < settings.bindsListed { copy.bind = settings.listedBind(level) }
        team.set(TeamRecord.versionField, environment.version)
    }

    /// Waits for the others of the region and for its tasks, and takes up what the thread did before.
    @inline(__always)
    static func join(_ thread: ThreadRecord) {
        let team = thread.team
        let generation = thread.seat.generation
        let size = thread.size
        if Ompt.isOn { Ompt.joinBegins(thread) }
        team.crew.join(
            generation, of: size, { ImageWaiter(thread, .barrier) },
            run: { Tasks.runOne(thread) })
        if team.hasTasks(generation) {
            endTasks(thread, team, generation, size)
            Tasks.endImplicit(thread)
        }
        if team.isCancelled(generation) { agree(team, size) }
        if team.get(TeamRecord.reservedField) != 0 { giveBack(team) }
        if Ompt.isOn { Ompt.release(thread, team, generation) }
        Figures.leaveRegion(thread)
        let parent = team.parent
        thread.team = parent.team
        thread.seat = parent
        thread.environment = team.outerEnvironment
        thread.number = parent.number
        thread.size = parent.team.size
        thread.task = team.outerTask
        if thread.place != parent.place { Places.take(thread, parent.place) }
        if Ompt.isOn { Ompt.parallelEnds(thread, team) }
    }

    /// Until all tasks have ended and nobody looks for any.
    @inline(never)
    private static func endTasks(
        _ thread: ThreadRecord, _ team: TeamRecord, _ generation: UInt64, _ size: Int
    ) {
        team.crew.endTasks(
            generation, of: size, { ImageWaiter(thread, .barrier) },
            run: { Tasks.runOne(thread) }, arePending: { Tasks.arePending(team) })
        Bell.rouse()
    }

    /// After a cancelled region, in which the threads have come to different numbers of constructs: all
    /// count on from the largest.
    @inline(never)
    private static func agree(_ team: TeamRecord, _ size: Int) {
        let first = team.seat(0)
        var number = 1
        while number < size {
            let seat = team.seat(number)
            first.barriers = max(first.barriers, seat.barriers)
            first.set(
                Seat.constructField,
                max(first.get(Seat.constructField), seat.get(Seat.constructField)))
            first.set(
                Seat.stealingField,
                max(first.get(Seat.stealingField), seat.get(Seat.stealingField)))
            number &+= 1
        }
        team.store(TeamRecord.barrierCountLine, 0)
    }
}

extension Seat {
    /// Whether its task has more to do at the end of the region than to say so.
    @inline(__always)
    func isToEnd(_ thread: ThreadRecord, _ team: TeamRecord, _ generation: UInt64) -> Bool {
        team.hasTasks(generation) || team.isCancelled(generation)
            || thread.environment.offset != environment.offset
    }

    /// Takes over what the region begins with.
    @inline(__always)
    func begin(_ team: TeamRecord) {
        barriers = team.get(TeamRecord.barrierBase)
        let construct = team.get(TeamRecord.constructBase)
        set(Seat.constructField, construct)
        safeConstruct = construct
        let stealing = team.get(TeamRecord.stealingBase)
        set(Seat.stealingField, stealing)
        safeStealing = stealing
        if environment.version != team.get(TeamRecord.versionField) {
            environment.copy(from: team.environment)
        }
    }
}

@c
public func GOMP_parallel(_ function: UInt64, _ data: UInt64, _ threads: UInt32, _ flags: UInt32) {
    let thread = ThreadRecord.current
    Parallel.run(
        thread, function, data, Parallel.size(thread, Int(threads)), bind: UInt64(flags & 7))
}

@c
public func GOMP_parallel_start(_ function: UInt64, _ data: UInt64, _ threads: UInt32) {
    let thread = ThreadRecord.current
    Parallel.fork(
        thread, function, data, Parallel.size(thread, Int(threads)), isCalled: false)
}

@c
public func GOMP_parallel_end() { Parallel.join(ThreadRecord.current) }
