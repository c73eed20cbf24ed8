// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// Blocks of ``TaskRecord/bytes`` for tasks and groups. Each thread keeps those that it has lent, and gets
/// them back from whoever ends the task. There are as many as tasks were ever alone at once.
///
/// Line 8 of a thread's record: its free blocks; line 9: those that others return.
enum TaskBlocks {
    private static var firstField: Int { ThreadRecord.tasksLine }
    private static var returnedField: Int { ThreadRecord.tasksLine + 64 }
    private static var chunk: Int { 16 }

    @inline(__always)
    static func take(_ thread: ThreadRecord) -> Int {
        let first = thread.integer(firstField)
        if first != 0 {
            thread.set(firstField, Tasks.words.loadRelaxed(first))
            return first
        }
        return refill(thread)
    }

    @inline(never)
    private static func refill(_ thread: ThreadRecord) -> Int {
        var first = ReturnStack(Tasks.words, at: thread.offset + returnedField).takeAll()
        if first == 0 {
            first = allocate(chunk * TaskRecord.bytes, alignment: 64)
            for index in 0..<chunk {
                let block = first + index * TaskRecord.bytes
                let next = index + 1 < chunk ? block + TaskRecord.bytes : 0
                Tasks.words.storeRelaxed(UInt64(next), at: block)
                TaskRecord(block).set(TaskRecord.ownerField, thread.offset)
            }
        }
        thread.set(firstField, Tasks.words.loadRelaxed(first))
        return first
    }

    @inline(__always)
    static func give(_ block: Int, _ thread: ThreadRecord) {
        let owner = TaskRecord(block).integer(TaskRecord.ownerField)
        if owner == thread.offset {
            Tasks.words.storeRelaxed(thread.get(firstField), at: block)
            thread.set(firstField, block)
        } else {
            ReturnStack(Tasks.words, at: owner + returnedField).push(block)
        }
    }

    /// A block of the heap, by its offset in the image.
    static func allocate(_ bytes: Int, alignment: Int, zeros: Bool = false) -> Int {
        let address =
            zeros
            ? ImageHeap.allocateZeros(bytes, alignment: alignment)
            : ImageHeap.allocate(bytes, alignment: alignment)
        guard address != 0 else { Tasks.noMemory() }
        return Int(bitPattern: address &- ImageWords.base)
    }

    static func free(_ block: Int) {
        ImageHeap.free(ImageWords.base &+ UInt(bitPattern: block))
    }
}
