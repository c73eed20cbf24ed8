// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``TaskRecords``: each task is run once, after those that it waits for, and sees what they wrote; a
/// parent ends after its children.
struct TaskRecordsModelTests {
    private typealias Records = TaskRecords<ModelWords>

    private static let mail = 4 * TaskRecords<ModelWords>.bytes
    private static let data = mail + 64

    /// One thread makes an older and two younger siblings. Another thread runs the first. Of three
    /// records, the third sibling has that of the first, or none.
    private static func model(pool: Int, _ bounds: Bounds) -> Model {
        Model(bytes: data + 64, width: 40, bounds) { execution in
            let words = execution.words
            let runs = Box<[Int]>([])
            func run(_ records: borrowing Records, _ record: Int) {
                var open = [record]
                while let next = open.popLast() {
                    let function = records.function(next)
                    runs.value.append(function)
                    let seen = words.loadRelaxed(data)
                    execution.expect(
                        function == 1 ? seen == 0 : seen == 1, "\(function) sees \(seen)")
                    if function == 1 { words.storeRelaxed(1, at: data) }
                    records.end(next) { open.append($0) }
                }
            }
            execution.thread { _ in
                let records = TaskRecords(words, at: 0)
                var hint = 0
                func begin(_ function: Int, parent: Int) -> Records.Task? {
                    records.begin(
                        first: 0, count: pool, hint: &hint, function: function, parent: parent)
                }
                guard let parent = begin(0, parent: Records.nobody),
                    let first = begin(1, parent: parent.record)
                else { return execution.expect(false, "no record") }
                if records.unblock(first.record) {
                    words.store(UInt64(first.record + 1), at: mail)
                }
                for function in 2...3 {
                    // All may be in use.
                    guard let later = begin(function, parent: parent.record) else { continue }
                    _ = records.wait(later, for: first, edge: 0)
                    if records.unblock(later.record) { run(records, later.record) }
                }
                // Nobody else ends the parent.
                execution.expect(!records.hasEnded(parent), "the parent has ended")
                records.end(parent.record) { _ in }
            }
            execution.thread { thread in
                var waiter = thread.waiter()
                while words.load(mail) == 0 {
                    do { try waiter.wait() } catch {
                        return execution.expect(false, "\(error)")
                    }
                }
                run(TaskRecords(words, at: 0), Int(words.loadRelaxed(mail)) - 1)
            }
            execution.finally {
                let all = runs.value
                execution.expect(Set(all).count == all.count, "twice: \(all)")
                execution.expect(all.contains(1) && all.contains(2), "only \(all)")
                for record in 0..<pool {
                    let state = words.loadRelaxed(record * Records.bytes)
                    execution.expect(state & 1 == 0, "record \(record) is still in use")
                }
            }
        }
    }

    @Test func eachIsRunOnceAndInOrder() {
        Self.model(pool: 3, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("tasks, records used anew")
        Self.model(pool: 4, Bounds(preemptions: 2))
            .expectHolds("tasks, two in a list")
    }

    // Word 24: pending; 32: blockers; 40: successors; 64: edges. Record 1 is the parent's, 2 the first
    // child's, 3 the second's, 0 the third's.
    @Test(arguments: [
        Mutation("a list is changed without comparing", .blindExchange, words: 424..<432),
        Mutation("a list is no one step", .splitExchange, words: 424..<432),
        Mutation("the list's end orders nothing", .relaxedExchange, words: 424..<432),
        Mutation("blockers are no one step", .splitExchange, words: 608..<616),
        Mutation("blockers order nothing", .relaxedExchange, words: 608..<616),
        Mutation("children are no one step", .splitExchange, words: 216..<224),
        Mutation("an edge is not written", .lostStore, words: 64..<128),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(pool: 4, Bounds(preemptions: 3, staleLoads: 2)).expectFinds(mutation)
    }
}
