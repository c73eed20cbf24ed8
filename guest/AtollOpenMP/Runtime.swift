// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem
internal import CAtollOpenMP

/// The beginning of the runtime in a process and in a thread.
///
/// For the other parts: ``ThreadRecord/current`` gives the calling thread, its `team`, `seat` and
/// `environment` say where it is; ``Parallel``, ``Barrier``, ``Loop``, ``Construct``, ``Ordered``,
/// ``ImageLock`` do what the constructs of OpenMP need, whatever compiler's names call them.
enum Runtime {
    /// Makes what all ranks share, in rank 0, and waits for it in the others.
    static func begin() {
        atoll_image_begin()
        if atoll_process_rank() == 0 {
            beginSettings()
        } else {
            var waiter = ImageWaiter()
            while Settings.shared.load(Settings.stateField) != 2 { waiter.step() }
        }
        if atoll_usable_cpus() > 0, Settings.shared.environment.bind != 0 {
            atoll_core_set_binds(atoll_places())
        }
        if atoll_core_spin_limit() == 0 {
            atoll_core_set_spin_limit(max(Spin.limit(Settings.shared), 1))
        }
    }

    private static func beginSettings() {
        let settings = Settings.shared
        let before = settings.words.compareExchange(0, 1, at: Settings.stateField)
        if before != 0 {
            var waiter = ImageWaiter()
            while settings.load(Settings.stateField) != 2 { waiter.step() }
            return
        }
        let threads = Int(atoll_process_ranks()) * Int(atoll_process_threads())
        settings.spin = .max
        settings.spreads = atoll_core_spreads()
        settings.threadsListed = 0
        settings.bindsListed = 0
        let environment = settings.environment
        environment.threads = max(threads, 1)
        environment.schedule = 2
        environment.scheduleChunk = 1
        environment.activeLevels = 1
        environment.threadLimit = TaskEnvironment.unlimited
        environment.bind = 0
        environment.allocator = 1
        atoll_environment_begin()
        environment.version = 0
        settings.store(Settings.stateField, 2)
        Bell.rouse()
    }

    /// Gives the calling thread, which the program has started, its record and its initial team.
    @inline(never)
    static func adopt() -> ThreadRecord {
        begin()
        guard let thread = ThreadPool.claim(rank: Int(atoll_process_rank()), isWorker: false) else {
            atoll_core_no_slot()
        }
        prepare(thread)
        let team = initialTeam(thread, Settings.shared.environment)
        let seat = team.seat(0)
        seat.place = Places.first
        if seat.place != thread.place { Places.take(thread, seat.place) }
        // The loader runs constructors of libraries on a stack that is not in the image.
        if !atoll_process_is_complete() { thread.environment.threadLimit = 1 }
        atoll_set_self(UInt64(thread.offset))
        thread.set(ThreadRecord.toldField, UInt64(0))
        if Ompt.isOn { Ompt.initialBegins(thread) }
        return thread
    }

    /// Puts the thread, alone, into a new team without parent.
    static func initialTeam(
        _ thread: ThreadRecord, _ environment: TaskEnvironment
    ) -> TeamRecord {
        let team = Teams.allocate(1)
        if team.isNone { atoll_core_no_memory() }
        let seat = team.seat(0)
        team.set(TeamRecord.wordField, UInt64(1 << 16 | 1))
        team.members = 1
        team.parent = .none
        team.group = team
        seat.team = team
        seat.set(Seat.threadField, thread)
        seat.generation = 1
        seat.place = thread.place
        seat.environment.copy(from: environment)
        thread.team = team
        thread.seat = seat
        thread.environment = seat.environment
        thread.number = 0
        thread.size = 1
        thread.task = 0
        return team
    }

    /// By the thread itself.
    static func prepare(_ thread: ThreadRecord) {
        thread.place = 0
        thread.spinLimit = atoll_core_spin_limit()
        thread.spin = thread.spinLimit
    }

    /// The thread, one of the program's own, ends: others get its record and its workers.
    static func end(_ thread: ThreadRecord) {
        let seat = thread.team.seat(0)
        if !thread.team.parent.isNone { return }
        if Ompt.isOn {
            // The tool asks where it is.
            atoll_set_self(UInt64(thread.offset))
            Ompt.initialEnds(thread)
            atoll_set_self(0)
        }
        Teams.disband(seat)
        Teams.free(thread.team)
        thread.team = .none
        ThreadPool.release(thread, to: .unused)
    }
}

@c
public func atoll_runtime_begin() {
    Runtime.begin()
    guard atoll_process_rank() == 0 else { return }
    if atoll_self() == 0 {
        _ = Runtime.adopt()
    } else {
        ThreadRecord.current.environment.threadLimit = Settings.shared.environment.threadLimit
    }
}

@c
public func atoll_worker(_ record: UInt64) {
    let thread = ThreadRecord(Int(record))
    Runtime.begin()
    Runtime.prepare(thread)
    if Ompt.isOn { Ompt.threadBegins(thread, kind: 2) }
    Worker.run(thread)
}

/// In a process that the program has forked: of its threads there is but one.
@c
public func atoll_runtime_child() {
    guard atoll_self() != 0 else { return }
    let thread = ThreadRecord.current
    thread.environment.threadLimit = 1
    thread.seat.environment.threadLimit = 1
}

@c
public func atoll_runtime_thread_end(_ record: UInt64) {
    if record != 0 { Runtime.end(ThreadRecord(Int(record))) }
}
