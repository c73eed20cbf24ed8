// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// Which tasks of one parent have last read and written what. The parent alone asks, and it runs in
/// one thread: this needs no shared memory.
struct TaskKeys {
    typealias Task = TaskRecords<SharedWords>.Task

    private struct Entry {
        let key: UInt64
        var writer: Task?
        var readers: [Task] = []
    }

    private var buckets: [[Entry]] = []
    private static var bucketCount: Int { 64 }

    /// Whom a task with these dependences has to wait for, each once.
    func blockers(_ dependences: [TaskDependence]) -> [Task] {
        var result: [Task] = []
        func add(_ task: Task) { if !result.contains(task) { result.append(task) } }
        for dependence in dependences {
            switch dependence {
            case .reads(let key):
                if let writer = entry(key)?.writer { add(writer) }
            case .writes(let key):
                guard let entry = entry(key) else { continue }
                if let writer = entry.writer { add(writer) }
                for reader in entry.readers { add(reader) }
            }
        }
        return result
    }

    /// Remembers what the task does. A task with both a read and a write of a key writes it.
    mutating func add(_ task: Task, _ dependences: [TaskDependence], hasEnded: (Task) -> Bool) {
        for case .reads(let key) in dependences where !dependences.contains(.writes(key)) {
            change(key) { entry in
                // Readers without a writer after them would pile up.
                if entry.readers.count >= 32 { entry.readers.removeAll(where: hasEnded) }
                entry.readers.append(task)
            }
        }
        for case .writes(let key) in dependences {
            change(key) { entry in
                entry.writer = task
                entry.readers = []
            }
        }
    }

    private func bucket(_ key: UInt64) -> Int {
        Int((key &* 0x9e37_79b9_7f4a_7c15) >> 58)
    }

    private func entry(_ key: UInt64) -> Entry? {
        if buckets.isEmpty { return nil }
        return buckets[bucket(key)].first { $0.key == key }
    }

    private mutating func change(_ key: UInt64, _ body: (inout Entry) -> Void) {
        if buckets.isEmpty { buckets = Array(repeating: [], count: Self.bucketCount) }
        let bucket = bucket(key)
        if let index = buckets[bucket].firstIndex(where: { $0.key == key }) {
            body(&buckets[bucket][index])
        } else {
            var entry = Entry(key: key)
            body(&entry)
            buckets[bucket].append(entry)
        }
    }
}
