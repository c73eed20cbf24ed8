// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollSync
import Testing

/// Two of these fill a page.
private let half = 32 << 10

/// ``Heap`` of few pages: no block is given twice, none is lost, whoever frees it and whoever dies.
///
/// Blocks of 32 KiB, so that a page has two of them and the lists are short.
struct HeapModelTests {
    private static let bytes = 256 << 10
    /// What a thread does, in order.
    private enum Act: Sendable {
        case allocate(Int)
        /// Frees the block that it allocated last.
        case free
        /// Puts its last block where others find it.
        case hand
        /// Frees what it finds there, if anything.
        case take
        case reclaim
    }

    private static let handed = bytes

    /// One who is dead from the beginning.
    private static let ghostly = Owner(slot: 3, incarnation: 2, thread: 9)

    /// Two pages or so; each thread joins before the others begin, unless it is late.
    private static func model(
        _ acts: [[Act]], late: Int = 99, warm: Bool = false, ghost: Bool = false,
        _ bounds: Bounds
    ) -> Model {
        Model(bytes: bytes + 64, width: late < 9 ? 240 : 120, bounds) { execution in
            let all = execution.words
            let words = all.part(at: 0, count: bytes)
            let live = execution.liveness
            let threads = acts.count
            // Blocks that are somebody's, and whose.
            let taken = Box<[Int: Int]>([:])
            let sitting = Box<[Int: HeapSeat]>([:])
            if ghost, let seat = try? Heap(words).join(as: ghostly, live),
                let block = try? Heap(words).allocate(half, seat)
            {
                try? Heap(words).free(block, seat)
            }
            var seats = (0..<threads).map { index in
                try? Heap(words).join(as: execution.owner(index), live)
            }
            for index in 0..<threads {
                guard let seat = seats[index] else { continue }
                if index >= late {
                    // Who is late finds a seat that another has left.
                    Heap(words).leave(seat)
                    seats[index] = nil
                } else if warm, let block = try? Heap(words).allocate(half, seat) {
                    // A page of its own to begin with.
                    try? Heap(words).free(block, seat)
                }
            }
            for (index, acts) in acts.enumerated() {
                let joined = seats[index]
                execution.thread { thread in
                    let heap = Heap(words)
                    var mine: [Int] = []
                    do throws(HeapError) {
                        let seat: HeapSeat
                        if let joined {
                            seat = joined
                        } else {
                            seat = try heap.join(as: thread.owner, live)
                            for (other, its) in sitting.value where its == seat {
                                execution.expect(execution.hasDied(other), "one seat, two threads")
                            }
                            sitting.value[index] = seat
                        }
                        for act in acts {
                            switch act {
                            case .allocate(let bytes):
                                guard let block = try? heap.allocate(bytes, seat) else { continue }
                                execution.expect(taken.value[block] == nil, "\(block) given twice")
                                // Who frees a block leaves zeros; who has it sees them.
                                execution.expect(
                                    words.loadRelaxed(block) == 0, "an old write to \(block)")
                                words.storeRelaxed(7, at: block)
                                taken.value[block] = index
                                mine.append(block)
                            case .free:
                                guard let block = mine.popLast() else { continue }
                                words.storeRelaxed(0, at: block)
                                taken.value[block] = nil
                                try heap.free(block, seat)
                            case .hand:
                                guard let block = mine.popLast() else { continue }
                                taken.value[block] = -1
                                let found = Int(all.exchange(UInt64(block), at: handed))
                                if found != 0 {
                                    words.storeRelaxed(0, at: found)
                                    taken.value[found] = nil
                                    try heap.free(found, seat)
                                }
                            case .take:
                                let found = Int(all.exchange(0, at: handed))
                                if found != 0 {
                                    words.storeRelaxed(0, at: found)
                                    taken.value[found] = nil
                                    try heap.free(found, seat)
                                }
                            case .reclaim:
                                _ = heap.reclaim(seat, as: thread.owner, live)
                            }
                        }
                    } catch { execution.expect(false, "\(error)") }
                }
            }
            execution.finally {
                // One survivor takes everything over: all pages serve again, but for what is taken and
                // for one operation of each dead thread.
                let heap = Heap(words)
                let me = execution.owner(3)
                let seatsTaken = heap.statistics.seats
                let died = (0..<threads).count { execution.hasDied($0) }
                execution.expect(seatsTaken <= threads + died, "\(seatsTaken) seats taken")
                guard let seat = try? heap.join(as: me, live) else {
                    return execution.expect(false, "no seat")
                }
                _ = heap.reclaim(seat, as: me, live)
                let stats = heap.statistics
                let known = taken.value.count
                execution.expect(
                    abs(stats.blocks - known) <= died, "\(stats.blocks) blocks, \(known) known")
                var count = 0
                while let block = try? heap.allocate(half, seat) {
                    execution.expect(taken.value[block] == nil, "\(block) given again")
                    count += 1
                }
                // A run takes two blocks' place for each of its pages.
                let after = heap.statistics
                let held = after.bytes / half
                execution.expect(
                    held == 2 * heap.pages - oddPages(heap), "\(held) of \(2 * heap.pages) serve")
            }
        }
    }

    /// Pages that hold blocks of other sizes.
    private static func oddPages(_ heap: borrowing Heap<ModelWords>) -> Int {
        heap.classes.filter { $0.size != half }.map { 2 * $0.pages }.reduce(0, +)
    }

    @Test func noBlockIsGivenTwice() {
        let mine: [Act] = [.allocate(half), .allocate(half), .free, .allocate(half), .free, .free]
        Self.model([mine, mine], Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("heap, own blocks")
        Self.model(
            [
                [.allocate(half), .hand, .allocate(half), .hand, .allocate(half)],
                [.take, .allocate(half), .take, .free],
            ], warm: true, Bounds(preemptions: 2, staleLoads: 2)
        ).expectHolds("heap, blocks handed over")
        Self.model(
            [
                [.allocate(half), .hand, .allocate(half)], [.take], [.take, .allocate(half)],
            ], warm: false, Bounds(preemptions: 2, staleLoads: 1)
        ).expectHolds("heap, 3 threads")
    }

    @Test func runsAndPagesKeepApart() {
        Self.model(
            [[.allocate(100_000), .free, .allocate(half)], [.allocate(70_000), .free]],
            Bounds(preemptions: 2, crashes: 1)
        ).expectHolds("heap, runs with a death")
    }

    @Test func theDeadLeaveNothing() {
        Self.model(
            [
                [.allocate(half), .hand, .allocate(half), .free], [.take, .allocate(half)],
            ], Bounds(preemptions: 1, crashes: 1, staleLoads: 1)
        ).expectHolds("heap with a death")
        Self.model(
            [[.allocate(half), .allocate(70_000), .free], [.reclaim, .allocate(half)]],
            Bounds(preemptions: 1, crashes: 2)
        ).expectHolds("heap, reclaiming, with two deaths")
        Self.model(
            [
                [.allocate(half), .hand], [.take, .allocate(half)], [.allocate(half), .free],
            ], late: 1, Bounds(preemptions: 0, crashes: 1)
        ).expectHolds("heap, joining, with a death")
    }

    private static let pages = 0..<3
    private static let states = pages.map { 10688 + $0 * 1088..<10688 + $0 * 1088 + 8 }
    private static let mine = pages.map { 10688 + $0 * 1088 + 64..<10688 + $0 * 1088 + 576 }
    private static let others = pages.map { 10688 + $0 * 1088 + 576..<10688 + $0 * 1088 + 1088 }
    private static let caches = (0..<4).map { 192 + $0 * 2624..<192 + $0 * 2624 + 8 }

    /// A block goes to another thread and comes back by its others' bit.
    private static var back: Model {
        model(
            [[.allocate(half), .hand, .allocate(half), .allocate(half)], [.take, .take]],
            warm: true,
            Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
    }
    /// Two threads free blocks of one word of a third's.
    private static var both: Model {
        model(
            [[.allocate(half), .hand, .allocate(half), .hand], [.take], [.take]], warm: true,
            Bounds(preemptions: 2))
    }
    /// Pages come and go.
    private static var pagesOnly: Model {
        model(
            [[.allocate(half), .free, .allocate(100_000), .free], [.allocate(half), .free]],
            Bounds(preemptions: 2, staleLoads: 1))
    }
    /// Two find what a third has left.
    private static var two: Model {
        model(
            [[.reclaim, .allocate(half)], [.reclaim, .allocate(half)]], ghost: true,
            Bounds(preemptions: 2, staleLoads: 1))
    }

    /// Two come at once for the seats that others left.
    private static var joining: Model {
        model([[.allocate(half)], [.allocate(half)]], late: 0, Bounds(preemptions: 1))
    }

    private enum Where: Sendable { case back, both, pages, two, joining }

    private static let mutations: [(Mutation, Where)] = [
        (Mutation("freeing others' blocks is no one step", .splitExchange, words: others), .both),
        (Mutation("freeing others' blocks compares nothing", .blindExchange, words: others), .both),
        (Mutation("freeing others' blocks is not done", .lostExchange, words: others), .back),
        (Mutation("freeing others' blocks orders nothing", .relaxedExchange, words: others), .back),
        (Mutation("what others freed is loaded relaxed", .relaxedLoad, words: others), .back),
        (Mutation("the owner's bits are not stored", .lostStore, words: mine), .back),
        (Mutation("a page is claimed in two steps", .splitExchange, words: states), .pages),
        (Mutation("a page is claimed whoever has it", .blindExchange, words: states), .pages),
        (Mutation("a page's state is stored relaxed", .relaxedStore, words: states), .pages),
        (Mutation("a page's state is not stored", .lostStore, words: states), .pages),
        (Mutation("a cache is taken in two steps", .splitExchange, words: caches), .joining),
        (Mutation("a cache is taken whoever has it", .blindExchange, words: caches), .joining),
        (Mutation("a cache is not given back", .lostStore, words: caches), .two),
        (Mutation("the living are reclaimed", .everybodyIsLost), .two),
        (Mutation("the dead are not reclaimed", .nobodyIsLost), .two),
    ]

    @Test(arguments: mutations)
    private func isNoticed(_ mutation: Mutation, _ place: Where) {
        switch place {
        case .back: Self.back.expectFinds(mutation)
        case .both: Self.both.expectFinds(mutation)
        case .pages: Self.pagesOnly.expectFinds(mutation)
        case .two: Self.two.expectFinds(mutation)
        case .joining: Self.joining.expectFinds(mutation)
        }
    }

    @Test func theUnbrokenHold() {
        Self.back.expectHolds("heap, blocks that come back, with a death")
        Self.both.expectHolds("heap, two that free")
        Self.pagesOnly.expectHolds("heap, pages that come and go")
        Self.joining.expectHolds("heap, two that join")
        Self.two.expectHolds("heap, two that reclaim")
    }
}
