// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// Kills VMs of a barrier (all processes that stand for one) at random instants, and sees whether the
/// survivors shrink it, go on together, and agree on who is left. One round is one barrier with a VM or
/// two killed.
struct BarrierKiller {
    private static let stop = 0
    private static let lost = 64
    private static let planned = 128
    private static let failure = 192
    private static let passed = 256
    private static let barrier = 4096
    private static let data = 32768

    private let memory: SharedMemory
    private let fault: Fault
    private let patience: UInt64
    private var chance: Chance
    private(set) var rounds = 0
    private(set) var passes: UInt64 = 0

    init(_ fault: Fault, seed: UInt64, patience: UInt64) throws(Errno) {
        let file = try OwnedFD(anonymous: "atoll-killer")
        try file.setSize(65536)
        memory = SharedMemory(try Mapping(file, count: 65536))
        self.fault = fault
        self.patience = patience * 1_000_000_000
        chance = Chance(seed)
    }

    private struct Shape {
        let layout: BarrierLayout
        let perVM: Int
        let algorithm: BarrierAlgorithm
    }

    /// - Returns: what went wrong; `nil`: nothing.
    mutating func run(rounds: Int) throws(Errno) -> String? {
        for _ in 0..<rounds {
            let vms = 2 + chance.next(below: 3)
            let perVM = 1 + chance.next(below: 5) / 4
            let algorithm: BarrierAlgorithm =
                chance.next(below: 2) == 0 ? .central : .dissemination
            let shape = Shape(
                layout: BarrierLayout(vms: vms, size: vms * perVM), perVM: perVM,
                algorithm: algorithm)
            if let wrong = try round(shape) {
                return
                    "\(algorithm) barrier of \(vms) VMs of \(perVM), round \(self.rounds): \(wrong)"
            }
            self.rounds += 1
        }
        return nil
    }

    private mutating func round(_ shape: Shape) throws(Errno) -> String? {
        memory.zero(at: 0, count: memory.count)
        Barrier.build(
            memory.words(at: Self.barrier, count: shape.layout.bytes), at: 0,
            members: (0..<shape.layout.vms).map { (slot: $0, threads: shape.perVM) })
        var victims = [chance.next(below: shape.layout.vms)]
        let other = chance.next(below: shape.layout.vms)
        if shape.layout.vms > 2 && other != victims[0] { victims.append(other) }
        memory.store(victims.reduce(0) { $0 | 1 << UInt64($1) }, word: Self.planned)
        var children = [Int32](repeating: 0, count: shape.layout.size)
        defer {
            for child in children where child > 0 {
                try? Signal.send(Signal.kill, to: child)
                _ = try? Child.reap(child)
            }
        }
        let parent = Identity.process
        for rank in 0..<shape.layout.size {
            children[rank] = try Child.fork()
            if children[rank] == 0 {
                try? Current.dieWithParent(Signal.kill, parent: parent)
                take(part: rank, shape)
            }
        }
        for victim in victims {
            delay()
            // No witness: it only seems to be lost.
            if fault == .stealing { declareLost(victim) }
            let ranks = (victim * shape.perVM)..<((victim + 1) * shape.perVM)
            for rank in ranks { try Signal.send(Signal.kill, to: children[rank]) }
            for rank in ranks {
                let status = try Child.reap(children[rank])
                children[rank] = 0
                if let code = status.exitCode { return "one ended by itself: \(code), \(failure)" }
            }
            // Now it is certain.
            if fault != .noWitness { declareLost(victim) }
        }
        let start = MonotonicClock.now()
        for rank in children.indices where children[rank] > 0 {
            while !Child.hasEnded(children[rank]) {
                if MonotonicClock.now() - start > patience { return "rank \(rank) hangs" }
                MonotonicClock.sleep(nanoseconds: 50_000)
            }
            let status = try Child.reap(children[rank])
            children[rank] = 0
            if status.exitCode != 0 {
                return "rank \(rank) ended by \(status.shellCode), \(failure)"
            }
        }
        passes += memory.load(word: Self.passed)
        return nil
    }

    /// Some rounds, where they come, and a moment: deaths at the start, between rounds and within them.
    private mutating func delay() {
        let start = MonotonicClock.now()
        let rounds = memory.load(word: Self.passed) + UInt64(chance.next(below: 40))
        while memory.load(word: Self.passed) < rounds && MonotonicClock.now() - start < 3_000_000 {
            Processor.yield()
        }
        for _ in 0..<chance.next(below: 500) { Processor.pause() }
    }

    private func declareLost(_ vm: Int) {
        memory.store(memory.load(word: Self.lost) | 1 << UInt64(vm), word: Self.lost)
    }

    private var failure: String { "failure \(memory.load(word: Self.failure))" }

    /// One process: a thread of the barrier, which goes on until all planned deaths are behind it and then
    /// for twenty rounds.
    private func take(part rank: Int, _ shape: Shape) -> Never {
        let words = memory.words(at: Self.barrier, count: shape.layout.bytes)
        let barrier = Barrier(
            words, at: 0, shape.layout, BarrierPlace(rank: rank, threadsPerVM: shape.perVM),
            shape.algorithm)
        var seat = BarrierSeat()
        var waiter = ProbeWaiter(memory, stop: Self.stop, lost: Self.lost)
        let planned = memory.load(word: Self.planned)
        var left = 20
        var round: UInt64 = 0
        while left > 0 {
            round += 1
            memory.store64(round, at: Self.data + 64 * rank)
            do throws(SyncError) {
                // What each gives is a bit of its own: the sum says exactly who has come.
                let sum = try barrier.allReduce(
                    1 << UInt64(rank), inOrder: round & 1 == 0, &seat, &waiter, combine: &+)
                check(sum, round, seat, shape)
                // Each writes the same.
                memory.store(round, word: Self.passed)
            } catch {
                guard case .memberLost(let slots) = error else { fail(1) }
                if slots & ~planned != 0 || slots == 0 { fail(2) }
                do throws(SyncError) {
                    if fault != .noRepair { try barrier.shrink(&seat, &waiter, without: slots) }
                } catch { fail(3) }
                // The round was nobody's.
                round -= 1
            }
            if seat.lostSlots == planned { left -= 1 }
        }
        Current.exit(0)
    }

    /// All who are left have given their bit, and have written what they wrote before.
    private func check(_ sum: UInt64, _ round: UInt64, _ seat: BarrierSeat, _ shape: Shape) {
        for other in 0..<shape.layout.size {
            let isLeft = seat.lostSlots >> UInt64(other / shape.perVM) & 1 == 0
            if sum >> UInt64(other) & 1 != (isLeft ? 1 : 0) { fail(4) }
            if isLeft && memory.load64(Self.data + 64 * other) < round { fail(5) }
        }
        if sum >> UInt64(shape.layout.size) != 0 { fail(6) }
    }

    private func fail(_ what: UInt64) -> Never {
        _ = memory.compareExchange(0, what, word: Self.failure)
        Current.exit(9)
    }
}
