// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollSystem

/// One type or construct of the library, tried by all threads of a team, wherever they run.
struct Suite: Sendable {
    let name: StaticString
    /// Throws where something is not as it must be. All threads of the team call it with the same number.
    let run: @Sendable (inout TeamThread, _ rounds: Int) throws(TeamError) -> Void

    static let all: [Suite] = [
        Suite(name: "barrier", run: tryBarriers),
        Suite(name: "reduce", run: tryReductions),
        Suite(name: "lock", run: tryLocks),
        Suite(name: "recursive", run: tryRecursiveLocks),
        Suite(name: "critical", run: tryCriticalRegions),
        Suite(name: "loop", run: tryLoops),
        Suite(name: "ordered", run: tryOrderedLoops),
        Suite(name: "single", run: trySingles),
        Suite(name: "tasks", run: tryTasks),
        Suite(name: "counter", run: tryCounters),
        Suite(name: "queue", run: tryQueues),
        Suite(name: "ring", run: tryRings),
        Suite(name: "read-write", run: tryReadWriteLocks),
        Suite(name: "semaphore", run: trySemaphores),
        Suite(name: "condition", run: tryConditions),
        Suite(name: "once", run: tryOnces),
        Suite(name: "latch", run: tryLatches),
        Suite(name: "heap", run: tryHeaps),
    ]

    /// For when a VM is killed meanwhile; not among all.
    static let survival = Suite(name: "survive", run: survive)
}

/// Ends the team where `condition` does not hold; the code names the line.
func check(_ condition: Bool, line: Int32 = #line) throws(TeamError) {
    if !condition { throw .program(code: line) }
}

/// A number that looks as if it were drawn (splitmix64, Steele and others 2014), the same everywhere.
func draw(_ seed: Int) -> UInt64 {
    var z = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
}

func say(_ text: Text, to descriptor: Int32) {
    var line = text
    line.add("\n")
    try? line.write(to: descriptor)
}
