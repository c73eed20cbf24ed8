// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Ready tasks of a team that are in no deque: those with a priority, those that a stranger has made
/// ready, and those for which a deque had no room. In the order of their priorities, then of coming.
///
///     word 0   the lock
///     word 1   the first bucket
///     word 2   tasks in it
///
/// A bucket (priority, first task, last task, next bucket) stays for as long as the queue.
struct TaskQueue: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    private static var countField: Int { 16 }

    private struct Bucket: ImageRecord {
        let offset: Int
        @inline(__always) init(_ offset: Int) { self.offset = offset }
        var priority: Int { integer(0) }
        var first: TaskRecord {
            get { record(8) }
            nonmutating set { set(8, newValue) }
        }
        var last: TaskRecord {
            get { record(16) }
            nonmutating set { set(16, newValue) }
        }
        var next: Bucket { record(24) }
    }

    @inline(__always) var isEmpty: Bool { load(Self.countField) == 0 }

    func push(_ task: TaskRecord, _ thread: ThreadRecord) {
        let lock = ImageLock(self, 0)
        lock.acquire(thread)
        let bucket = bucket(task.priority)
        task.next = .none
        if bucket.first.isNone { bucket.first = task } else { bucket.last.next = task }
        bucket.last = task
        store(Self.countField, get(Self.countField) &+ 1)
        lock.release()
    }

    /// The bucket of a priority, made where there is none. The lock is held.
    private func bucket(_ priority: Int) -> Bucket {
        // The word that names the first bucket, then the last word of each.
        var link = offset + 8
        while true {
            let bucket = Bucket(TaskQueue(link).integer(0))
            if !bucket.isNone, bucket.priority == priority { return bucket }
            if bucket.isNone || bucket.priority < priority {
                let new = Bucket(TaskBlocks.allocate(32, alignment: 16, zeros: true))
                new.set(0, priority)
                new.set(24, bucket)
                TaskQueue(link).set(0, new)
                return new
            }
            link = bucket.offset + 24
        }
    }

    /// Takes the first task that a thread may run who waits so; none: there is none. One look where the
    /// queue is empty, as it mostly is.
    @inline(__always)
    func take(_ constraint: TaskConstraint, _ thread: ThreadRecord) -> TaskRecord {
        isEmpty ? .none : search(constraint, thread)
    }

    private func search(_ constraint: TaskConstraint, _ thread: ThreadRecord) -> TaskRecord {
        let lock = ImageLock(self, 0)
        lock.acquire(thread)
        defer { lock.release() }
        var bucket: Bucket = record(8)
        while !bucket.isNone {
            var before = TaskRecord.none
            var task = bucket.first
            while !task.isNone {
                if constraint.allows(task) {
                    if before.isNone { bucket.first = task.next } else { before.next = task.next }
                    if bucket.last.offset == task.offset { bucket.last = before }
                    store(Self.countField, get(Self.countField) &- 1)
                    return task
                }
                before = task
                task = task.next
            }
            bucket = bucket.next
        }
        return .none
    }

    /// Gives the buckets back; the queue is empty.
    func drop() {
        var bucket: Bucket = record(8)
        while !bucket.isNone {
            let next = bucket.next
            TaskBlocks.free(bucket.offset)
            bucket = next
        }
        set(8, 0)
    }
}
