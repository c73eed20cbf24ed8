// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollSync
import Testing

/// Four of these fill a span.
private let quarter = 256 << 10

/// ``ProgramHeap`` of few spans: no block is given twice, none is lost, whoever frees it.
struct ProgramHeapModelTests {
    private static let bytes = 64 << 16

    /// What a thread does, in order.
    private enum Act: Sendable {
        case allocate(Int)
        /// Frees the block that it allocated last.
        case free
        /// Puts its last block where others find it.
        case hand
        /// Frees what it finds there, if anything.
        case take
        /// Gives its seat up, and takes one again.
        case rejoin
    }

    private static let handed = bytes

    /// - Parameters:
    ///   - warm: blocks that each thread has from the beginning.
    ///   - mixed: each other thread begins with one block instead, of a span of the first's.
    ///   - serving: blocks that the heap then has at least, of twelve.
    private static func model(
        _ acts: [[Act]], warm: Int = 0, mixed: Bool = false, serving: Int = 12, _ bounds: Bounds
    ) -> Model {
        Model(bytes: bytes + 64, width: 400, bounds) { execution in
            let all = execution.words
            let words = all.part(at: 0, count: bytes)
            // Blocks that are somebody's.
            let taken = Box<Set<Int>>([])
            var begun: [(seat: Int, blocks: [Int])] = []
            for _ in acts {
                var waiter = Settled()
                let heap = ProgramHeap(words)
                let seat = heap.join(&waiter)
                if mixed && !begun.isEmpty {
                    begun.append((seat, [begun[0].blocks.remove(at: 3 * begun.count - 3)]))
                    continue
                }
                let blocks = (0..<warm).map { _ in heap.allocate(quarter, seat, &waiter) }
                for block in blocks { words.storeRelaxed(8, at: block) }
                begun.append((seat, blocks))
                taken.value.formUnion(blocks)
            }
            for (index, acts) in acts.enumerated() {
                let (joined, blocks) = begun[index]
                execution.thread { thread in
                    let heap = ProgramHeap(words)
                    var waiter = thread.waiter()
                    var seat = joined
                    var mine = blocks
                    func free(_ block: Int) {
                        taken.value.remove(block)
                        if heap.give(block, seat) { return }
                        execution.expect(heap.free(block, seat, &waiter), "\(block) is no block")
                    }
                    for act in acts {
                        switch act {
                        case .allocate(let bytes):
                            var block = heap.take(bytes, seat)
                            if block == 0 { block = heap.allocate(bytes, seat, &waiter) }
                            guard block != 0 else { continue }
                            execution.expect(!taken.value.contains(block), "\(block) given twice")
                            taken.value.insert(block)
                            words.storeRelaxed(8, at: block)
                            mine.append(block)
                        case .free:
                            if let block = mine.popLast() { free(block) }
                        case .hand:
                            guard let block = mine.popLast() else { continue }
                            let found = Int(all.exchange(UInt64(block), at: handed))
                            if found != 0 { free(found) }
                        case .take:
                            let found = Int(all.exchange(0, at: handed))
                            if found != 0 { free(found) }
                        case .rejoin:
                            heap.leave(seat, &waiter)
                            seat = heap.join(&waiter)
                            execution.expect(seat != 0, "no seat")
                        }
                    }
                }
            }
            execution.finally {
                // Each seat can still allocate: what comes is nobody's.
                let heap = ProgramHeap(words)
                var waiter = Settled()
                for (seat, _) in begun {
                    for _ in 0..<12 {
                        let block = heap.allocate(quarter, seat, &waiter)
                        guard block != 0 else { break }
                        execution.expect(taken.value.insert(block).inserted, "\(block) given again")
                    }
                }
                // Three spans have room.
                let count = taken.value.count
                execution.expect(count >= serving && count <= 12, "\(count) blocks of 12")
            }
        }
    }

    /// Blocks of a full span come back from another thread.
    private static var handing: Model {
        model(
            [[.allocate(quarter), .hand, .allocate(quarter), .free], [.take, .take]], warm: 3,
            Bounds(preemptions: 2, staleLoads: 1))
    }
    /// Two threads free blocks of one span of a third's.
    private static var both: Model {
        model(
            [[.hand, .hand, .allocate(quarter)], [.take], [.take]], warm: 4,
            Bounds(preemptions: 2))
    }
    /// Two give spans back to a third at once.
    private static var spans: Model {
        model(
            [[.allocate(quarter)], [.free], [.free]], warm: 8, mixed: true, Bounds(preemptions: 2))
    }
    /// A block comes back to a span that is not full, of which nobody tells.
    private static var quiet: Model {
        model(
            [[.allocate(quarter), .allocate(quarter)], [.free]], warm: 3, mixed: true,
            Bounds(preemptions: 1, staleLoads: 4))
    }
    private static var runs: Model {
        model(
            [[.allocate(300_000), .free, .allocate(quarter)], [.allocate(400_000), .free]],
            serving: 8, Bounds(preemptions: 2, staleLoads: 1))
    }
    private static var seats: Model {
        model(
            [[.rejoin, .allocate(quarter)], [.rejoin, .allocate(quarter)]], warm: 1,
            Bounds(preemptions: 2))
    }

    @Test func noBlockIsGivenTwiceOrLost() {
        Self.handing.expectHolds("program's heap, blocks handed over")
        Self.both.expectHolds("program's heap, two that free")
        Self.spans.expectHolds("program's heap, two that return spans")
        Self.quiet.expectHolds("program's heap, a block that comes back untold")
        Self.runs.expectHolds("program's heap, runs")
        Self.seats.expectHolds("program's heap, seats")
    }

    private enum Where: Sendable { case handing, both, spans, quiet, runs, seats }

    private static let lock = 512..<520
    private static let others = (0..<64).map { 589_824 + $0 * 128 + 64..<589_824 + $0 * 128 + 72 }
    private static let states = (0..<64).map { 589_824 + $0 * 128..<589_824 + $0 * 128 + 8 }
    private static let returned = (0..<3).map { 4096 + $0 * 512..<4096 + $0 * 512 + 8 }

    private static let mutations: [(Mutation, Where)] = [
        (Mutation("the lock is nobody's", .blindExchange, words: lock), .runs),
        (Mutation("the lock is taken in two steps", .splitExchange, words: lock), .runs),
        (Mutation("the lock orders nothing", .relaxedExchange, words: lock), .runs),
        (Mutation("the lock is given back without order", .relaxedStore, words: lock), .runs),
        (Mutation("freeing others' blocks is no one step", .splitExchange, words: others), .both),
        (Mutation("freeing others' blocks compares nothing", .blindExchange, words: others), .both),
        (Mutation("freeing others' blocks is not done", .lostExchange, words: others), .handing),
        (
            Mutation("freeing others' blocks orders nothing", .relaxedExchange, words: others),
            .quiet
        ),
        (Mutation("a span is returned in two steps", .splitExchange, words: returned), .spans),
        (Mutation("no span is returned", .lostExchange, words: returned), .handing),
        (Mutation("a page's state is not stored", .lostStore, words: states), .runs),
    ]

    @Test(arguments: mutations)
    private func isNoticed(_ mutation: Mutation, _ place: Where) {
        switch place {
        case .handing: Self.handing.expectFinds(mutation)
        case .both: Self.both.expectFinds(mutation)
        case .spans: Self.spans.expectFinds(mutation)
        case .quiet: Self.quiet.expectFinds(mutation)
        case .runs: Self.runs.expectFinds(mutation)
        case .seats: Self.seats.expectFinds(mutation)
        }
    }
}

/// Nobody else is there: there is nothing to wait for.
private struct Settled: Waiter {
    mutating func wait() throws(SyncError) { fatalError("a lock is left locked") }
}
