// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// Where the tasks of a team lie in the region: an object with, for each thread, a deque of the records
/// that are ready to run and a pool of records.
struct TaskLayout: Sendable {
    let threads: Int
    /// Records of one thread, but for the one that stands for what the thread does itself; a power of
    /// two.
    let capacity: Int

    init(threads: Int, capacity: Int) {
        self.threads = threads
        var rounded = 16
        while rounded < min(capacity, 1 << 20) { rounded *= 2 }
        self.capacity = rounded
    }

    /// On the first line: how many threads have nothing left to wait for, counted over all regions.
    var idle: Int { 0 }
    var dequeBytes: Int { StealingDeque<SharedWords>.bytes(capacity: capacity) }
    func deque(_ rank: Int) -> Int { 64 + rank * dequeBytes }
    var records: Int { 64 + threads * dequeBytes }
    func firstRecord(_ rank: Int) -> Int { rank * (capacity + 1) }
    var bytes: Int { records + threads * (capacity + 1) * TaskRecords<SharedWords>.bytes }
}

/// One thread's part in the tasks of its team.
final class TaskWork {
    typealias Records = TaskRecords<SharedWords>

    let offset: Int
    let layout: TaskLayout
    let functions: TaskFunctions
    let rank: Int
    /// The record of what the thread is doing.
    var current: Int
    /// What the children of that have read and written.
    var keys = TaskKeys()
    private var hint = 0
    private var kept: [Int] = []
    private let memory: SharedMemory

    init(
        _ memory: SharedMemory, _ offset: Int, _ layout: TaskLayout, _ functions: TaskFunctions,
        rank: Int
    ) {
        self.memory = memory
        self.offset = offset
        self.layout = layout
        self.functions = functions
        self.rank = rank
        current = Records.nobody
    }

    /// Takes a record; `nil` where all of this thread's are in use.
    func begin(_ function: Int) -> Records.Task? {
        records {
            $0.begin(
                first: layout.firstRecord(rank), count: layout.capacity + 1, hint: &hint,
                function: function, parent: current)
        }
    }

    func arguments(_ record: Int) -> Int { offset + records { $0.arguments(record) } }

    /// Puts a record that nothing blocks where threads look for work. What the deque has no room for,
    /// this thread keeps for itself.
    func push(_ record: Int) {
        if !deque(rank, { $0.push(UInt64(record)) }) { kept.append(record) }
    }

    /// The record's function has returned.
    func end(_ record: Int) { records { $0.end(record) { push($0) } } }

    func hasEnded(_ task: Records.Task) -> Bool { records { $0.hasEnded(task) } }

    /// The next record to run: of this thread's own the youngest, else of another's the oldest. The
    /// nearest others first: they are in the same VM.
    func take() -> Int? {
        if let record = kept.popLast() { return record }
        if let own = deque(rank, { $0.pop() }) { return checked(own) }
        for step in 1..<max(layout.threads, 1) {
            let victim = rank + step < layout.threads ? rank + step : rank + step - layout.threads
            while true {
                let stolen = deque(victim) { $0.steal() }
                if case .value(let record) = stolen { return checked(record) }
                if stolen == .nothing { break }
            }
        }
        return nil
    }

    /// A record's number came from the region: one out of bounds stops the process here, not later.
    private func checked(_ record: UInt64) -> Int {
        precondition(record < UInt64(layout.threads * (layout.capacity + 1)))
        return Int(record)
    }

    func records<R>(_ body: (Records) -> R) -> R {
        let memory = memory
        return body(
            Records(memory.words(at: offset, count: layout.bytes), at: layout.records))
    }

    private func deque<R>(_ rank: Int, _ body: (StealingDeque<SharedWords>) -> R) -> R {
        let memory = memory
        let words = memory.words(at: offset + layout.deque(rank), count: layout.dequeBytes)
        return body(StealingDeque(words, capacity: layout.capacity))
    }
}
