// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSync
internal import AtollSystem

/// What stands behind an `atoll_thread`: a thread of the team, and its last failure.
@safe
final class ThreadHandle {
    private var thread: UnsafeMutablePointer<TeamThread>?
    private(set) var failure: TeamError?
    /// The ordered loop that the thread is in.
    var order: OrderedLoop?
    /// The functions of the tasks that the thread is in.
    var tasks: [TaskFunction<CValue>] = []
    /// What the thread has of read-write locks and of semaphores: C gives back by name of the lock.
    var reads: [(lock: UInt64, hold: ReadHold)] = []
    var permits: [(semaphore: UInt64, permit: Permit)] = []
    /// Locks of critical regions that the thread has looked up.
    private var criticals: [(name: [UInt8], lock: TeamLock)] = []

    /// Hands `thread` to C for as long as `body` runs.
    func lend(_ thread: inout TeamThread, _ body: (OpaquePointer) -> Int32) -> Int32 {
        // SAFETY: the pointer is used during the call only, by this thread only; this object is
        // kept alive by the caller.
        unsafe withUnsafeMutablePointer(to: &thread) { pointer in
            // SAFETY: only kept, to be put back.
            let outer = unsafe self.thread
            unsafe self.thread = pointer
            defer { unsafe self.thread = outer }
            return unsafe body(OpaquePointer(Unmanaged.passUnretained(self).toOpaque()))
        }
    }

    /// Lends `thread` to a function of the program's, from within a construct that gives it; makes of
    /// the function's code what it stands for.
    func call(_ thread: inout TeamThread, _ body: () -> Int32) throws(TeamError) {
        // SAFETY: the handle that `lend` gives is not used: `body` has one of its own.
        let code = unsafe lend(&thread) { _ in body() }
        if code == 0 { return }
        if let failure, Code.of(failure) == code { throw failure }
        throw .program(code: code)
    }

    /// The handle behind the pointer that C has; `nil` for a null pointer.
    static func of(_ pointer: OpaquePointer?) -> ThreadHandle? {
        // SAFETY: only compared with nil here.
        guard let pointer = unsafe pointer else { return nil }
        // SAFETY: C hands in what its body was given, in that body.
        return unsafe Unmanaged<ThreadHandle>.fromOpaque(UnsafeRawPointer(pointer))
            .takeUnretainedValue()
    }

    /// The lock of the critical regions of this name.
    func critical(_ name: [UInt8], _ team: Team) throws(TeamError) -> TeamLock {
        if let known = criticals.first(where: { $0.name == name }) { return known.lock }
        guard !name.isEmpty else { throw .badName }
        var text = Text()
        text.add("critical.")
        text.add(name)
        let lock = try team.lock(named: text.bytes)
        criticals.append((name, lock))
        return lock
    }

    /// Calls `body`, which does not use the thread, and remembers its failure.
    func attempt(_ body: () throws(TeamError) -> Int32) -> Int32 {
        do { return try body() } catch {
            failure = error
            return note(error)
        }
    }

    /// Calls `body` with the thread, and remembers its failure.
    func use(_ body: (inout TeamThread) throws(TeamError) -> Int32) -> Int32 {
        // SAFETY: only compared with nil here.
        guard let thread = unsafe thread else { return invalid("the thread's function has ended") }
        do {
            // SAFETY: set while `lend` runs, in the only thread that may come here.
            return try unsafe body(&thread.pointee)
        } catch {
            failure = error
            return note(error)
        }
    }
}

/// What most calls begin with.
func withThread(
    _ pointer: OpaquePointer?, _ body: (inout TeamThread) throws(TeamError) -> Int32
) -> Int32 {
    // SAFETY: what `of` asks for, C has promised.
    guard let handle = unsafe ThreadHandle.of(pointer) else { return invalid("no thread") }
    return handle.use(body)
}
