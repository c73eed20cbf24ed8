// SPDX-License-Identifier: Apache-2.0

/// Which tasks a thread may begin that waits within a task: descendants of it (OpenMP 5.1, section 2.12.6:
/// the second scheduling constraint). Those can be told at once that are its children, or in the task
/// group whose end it waits for; each task that is waited for is one or the other to somebody.
struct TaskConstraint {
    /// The task that waits; none: an implicit one in a barrier, which may begin any.
    let parent: TaskRecord
    let group: TaskGroup
    /// A child that alone is waited for: none that came after it; none: all are.
    let last: TaskRecord

    @inline(__always)
    init(parent: TaskRecord, group: TaskGroup = .none, last: TaskRecord = .none) {
        self.parent = parent
        self.group = group
        self.last = last
    }

    static var none: TaskConstraint { @inline(__always) get { TaskConstraint(parent: .none) } }

    @inline(__always)
    func allows(_ task: TaskRecord) -> Bool {
        if parent.isNone { return true }
        if task.parent.offset == parent.offset {
            return last.isNone || (last.turn &- task.turn) & 0x80_0000 == 0
        }
        return !group.isNone && task.group.offset == group.offset
    }

    /// Whether it may be one, as far as a deque says.
    @inline(__always)
    func mayAllow(_ tagged: UInt64) -> Bool {
        parent.isNone || tagged >> 48 & 0xff == TaskRecord.tag(parent.offset)
            || !group.isNone && tagged >> 56 == TaskRecord.tag(group.offset)
    }
}
