// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// The thread records of the image, by what they are used for.
enum ThreadPool {
    typealias State = CrewPool<ImageWords>.State

    @inline(__always) static var words: CrewPool<ImageWords> { CrewPool(Tasks.words) }

    private static func record(_ slot: Int) -> ThreadRecord {
        ThreadRecord(Int(truncatingIfNeeded: atoll_thread_offset(UInt32(slot))))
    }

    /// A record for a thread of `rank`; a worker without a thread as yet is started. None: all are used,
    /// or no thread can be had.
    static func claim(rank: Int, isWorker: Bool) -> ThreadRecord? {
        let slots = Int(atoll_process_slots())
        if isWorker {
            for slot in 0..<slots {
                let thread = record(slot)
                if words.isIn(.idle, thread.offset), thread.rank == rank,
                    change(thread, from: .idle, to: .taken)
                {
                    return thread
                }
            }
        }
        for slot in 0..<slots {
            let thread = record(slot)
            guard words.isIn(.unused, thread.offset),
                change(thread, from: .unused, to: isWorker ? .taken : .own)
            else { continue }
            thread.slot = slot
            thread.rank = rank
            thread.isWorker = isWorker
            guard isWorker else { return thread }
            words.clear(thread.offset)
            if atoll_core_spawn(UInt64(thread.offset)) == 0 { return thread }
            release(thread, to: .unused)
            return nil
        }
        return nil
    }

    static func release(_ thread: ThreadRecord, to state: State) {
        words.release(thread.offset, to: state)
    }

    private static func change(_ thread: ThreadRecord, from: State, to: State) -> Bool {
        words.claim(thread.offset, from: from, to: to)
    }
}
