// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// Kills processes at random instants while they use every type, and sees whether the others go on and
/// nothing is lost. One round is one death.
struct Killer {
    private let arena: Arena
    private var chance: Chance
    private var children = [Int32](repeating: 0, count: Arena.processes)
    private var lives = [UInt64](repeating: 0, count: Arena.processes)
    private let patience: UInt64

    /// - Parameter patience: seconds without progress after which it is called a hang.
    init(_ fault: Fault, seed: UInt64, patience: UInt64) throws(Errno) {
        arena = try Arena(fault)
        chance = Chance(seed)
        self.patience = patience * 1_000_000_000
        Semaphore.build(
            arena.memory.words(at: Arena.object(.semaphore), count: 4096), at: 0,
            permits: Arena.permits, free: Arena.permits)
    }

    /// - Returns: what went wrong; `nil`: nothing.
    mutating func run(rounds: Int) throws(Errno) -> String? {
        for process in 0..<Arena.processes { try start(process) }
        defer { end() }
        var seen = Arena.Kind.allCases.map { arena.progress($0) }
        for round in 1...rounds {
            let process = chance.next(below: Arena.processes)
            pause()
            try Signal.send(Signal.kill, to: children[process])
            let status = try Child.reap(children[process])
            children[process] = 0
            if let code = status.exitCode { return failure("exit code \(code)") }
            try start(process)
            if arena.memory.load(word: Arena.failure) != 0 { return failure("a check") }
            if round % 250 == 0, let stuck = wait(&seen) { return "no progress of \(stuck)" }
        }
        arena.memory.store(1, word: Arena.stop)
        let start = MonotonicClock.now()
        for process in 0..<Arena.processes {
            while !Child.hasEnded(children[process]) {
                if MonotonicClock.now() - start > patience { return "a process does not end" }
                MonotonicClock.sleep(nanoseconds: 200_000)
            }
            let status = try Child.reap(children[process])
            children[process] = 0
            if status.exitCode != 0 { return failure("exit code \(status.shellCode)") }
        }
        return wrongSums
    }

    /// A moment of any length up to a third of a millisecond: a sleep is never shorter than some dozens of
    /// microseconds, so that some moments are spun away.
    private mutating func pause() {
        if chance.next(below: 2) == 0 {
            return MonotonicClock.sleep(nanoseconds: UInt64(chance.next(below: 300_000)))
        }
        for _ in 0..<chance.next(below: 2000) { Processor.pause() }
    }

    /// A new life. Only now are owners of the last one lost: it has been reaped.
    private mutating func start(_ process: Int) throws(Errno) {
        lives[process] += 1
        arena.memory.store(lives[process], word: Arena.incarnation(process))
        let parent = Identity.process
        let child = try Child.fork()
        if child == 0 {
            try? Current.dieWithParent(Signal.kill, parent: parent)
            var life = Life(arena, process, lives[process])
            life.run()
        }
        children[process] = child
    }

    /// Waits until something was done with each type since the last time; a type of which that is not so
    /// for a long time.
    private func wait(_ seen: inout [UInt64]) -> String? {
        let start = MonotonicClock.now()
        while true {
            let now = Arena.Kind.allCases.map { arena.progress($0) }
            guard
                let stuck = Arena.Kind.allCases.first(where: {
                    now[$0.rawValue] == seen[$0.rawValue]
                })
            else {
                seen = now
                return nil
            }
            if arena.memory.load(word: Arena.failure) != 0 { return "\(stuck), after a failure" }
            if MonotonicClock.now() - start > patience { return "\(stuck)" }
            MonotonicClock.sleep(nanoseconds: 1_000_000)
        }
    }

    private func failure(_ what: String) -> String {
        let word = arena.memory.load(word: Arena.failure)
        let kind = Arena.Kind(rawValue: Int(word >> 8) - 1)
        return "\(what): \(kind.map { "\($0)" } ?? "none"), number \(word & 0xff)"
    }

    /// With nobody left: the last deaths may have left something to repair, nothing else.
    private var wrongSums: String? {
        for kind in Arena.Kind.allCases where kind != .once && kind != .condition {
            for index in 0..<(kind == .semaphore ? Arena.permits : 1) {
                let ledger = Ledger(memory: arena.memory, offset: Arena.ledger(kind, index))
                ledger.repair()
                if !ledger.isWhole { return "\(kind) has lost an update" }
            }
        }
        return nil
    }

    var summary: String {
        let counts = Arena.Kind.allCases.map { "\($0) \(arena.progress($0))" }
        return "\(arena.deaths) died holding something; done: \(counts.joined(separator: ", "))"
    }

    private mutating func end() {
        for child in children where child > 0 {
            try? Signal.send(Signal.kill, to: child)
            _ = try? Child.reap(child)
        }
    }
}
