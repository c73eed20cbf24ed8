// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``TaskLinks``: each task is run once, after those that it waits for, and sees what they wrote; a
/// record is let go once, by the last who knows it.
struct TaskLinksModelTests {
    private typealias Links = TaskLinks<ModelWords>

    // Records, each with two edges behind its line, as far apart as lines are.
    private static let parent = 64
    private static let first = 128
    private static let mail = 512
    private static let data = 520

    private static func edge(_ task: Int, _ index: Int) -> Int { task + 40 + index * 8 }

    /// One thread makes an older task, which another thread runs, and so many that wait for it, and ends
    /// itself before its children or after them.
    private static func model(later count: Int, waits: Bool, _ bounds: Bounds) -> Model {
        Model(bytes: data + 64, width: 64, bounds) { execution in
            let words = execution.words
            let runs = Box<[Int]>([])
            let gone = Box<[Int]>([])
            func run(_ links: borrowing Links, _ task: Int) {
                var open = [task]
                while let next = open.popLast() {
                    runs.value.append(next)
                    let seen = words.loadRelaxed(data)
                    execution.expect(
                        next == first ? seen == 0 : seen == 1, "\(next) sees \(seen)")
                    if next == first { words.storeRelaxed(1, at: data) }
                    links.close(next) { open.append($0) }
                    if links.endChild(parent) { gone.value.append(parent) }
                    if links.end(next), links.drop(next) { gone.value.append(next) }
                }
            }
            execution.thread { thread in
                let links = TaskLinks(words)
                links.begin(parent)
                links.begin(first)
                links.addChild(parent)
                links.hold(first)
                if links.unblock(first) { words.store(UInt64(first), at: mail) }
                for index in 0..<count {
                    let later = first + 128 * (index + 1)
                    links.begin(later)
                    links.addChild(parent)
                    _ = links.wait(later, for: first, edge: edge(later, 0))
                    if links.unblock(later) { run(links, later) }
                }
                if links.drop(first) { gone.value.append(first) }
                if waits {
                    var waiter = thread.waiter()
                    while !links.isAlone(parent) {
                        do { try waiter.wait() } catch {
                            return execution.expect(false, "\(error)")
                        }
                    }
                    execution.expect(words.loadRelaxed(data) == 1, "a child is not seen")
                    execution.expect(runs.value.count == count + 1, "only \(runs.value)")
                }
                if links.end(parent) { gone.value.append(parent) }
            }
            execution.thread { thread in
                var waiter = thread.waiter()
                while words.load(mail) == 0 {
                    do { try waiter.wait() } catch {
                        return execution.expect(false, "\(error)")
                    }
                }
                run(TaskLinks(words), Int(words.loadRelaxed(mail)))
            }
            execution.finally {
                let tasks = (0...count).map { first + 128 * $0 }
                execution.expect(runs.value.sorted() == tasks, "run: \(runs.value)")
                execution.expect(
                    gone.value.sorted() == [parent] + tasks, "let go: \(gone.value)")
            }
        }
    }

    @Test func eachIsRunOnceAndLetGoOnce() {
        Self.model(later: 1, waits: true, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("two tasks, waited for")
        Self.model(later: 2, waits: false, Bounds(preemptions: 3))
            .expectHolds("three tasks, not waited for")
        Self.model(later: 1, waits: false, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("two tasks, not waited for")
    }

    @Test(arguments: [
        Mutation("a list is changed without comparing", .blindExchange, words: 152..<160),
        Mutation("a list is no one step", .splitExchange, words: 152..<160),
        Mutation("the list's end orders nothing", .relaxedExchange, words: 152..<160),
        Mutation("blockers are no one step", .splitExchange, words: 272..<280),
        Mutation("ended children are no one step", .splitExchange, words: 64..<72),
        Mutation("ended children order nothing", .relaxedLoad, words: 64..<72),
        Mutation("references are no one step", .splitExchange, words: 160..<168),
        Mutation("an edge is not written", .lostStore, words: 296..<312),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(later: 2, waits: true, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }
}
