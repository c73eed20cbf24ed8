// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem
internal import CAtollOpenMP

/// A lock of one word of shared memory, 0 while free: for short sections. No queue: the next owner is
/// whoever comes while it is free, so that a descheduled waiter holds up nobody.
struct ImageLock {
    private let words: ImageWords
    private let field: Int

    @inline(__always)
    init(_ record: some ImageRecord, _ field: Int) {
        words = record.words
        self.field = field
    }

    /// A word of the program's, at an address that is a multiple of 8.
    @inline(__always)
    init(address: UInt) {
        // SAFETY: the program gives a word of its own for a lock; see ImageWords.
        words = unsafe ImageWords(at: address, count: 8)
        field = 0
    }

    var address: UInt { words.address &+ UInt(bitPattern: field) }

    /// - Parameter thread: none, for a caller without a record.
    @inline(__always)
    func acquire(_ thread: ThreadRecord) {
        if words.compareExchange(0, 1, at: field) != 0 { acquireSlowly(thread) }
    }

    @inline(__always)
    func release() { words.store(0, at: field) }

    @inline(__always)
    func tries() -> Bool {
        words.loadRelaxed(field) == 0 && words.compareExchange(0, 1, at: field) == 0
    }

    @inline(never)
    private func acquireSlowly(_ thread: ThreadRecord) {
        var waiter = thread.isNone ? ImageWaiter() : ImageWaiter(thread, .lock)
        var pauses = 4
        while true {
            // The owner works best while nobody takes its line away.
            waiter.pause(pauses)
            if tries() { break }
            if pauses < 64 { pauses *= 2 } else { waiter.step() }
        }
        waiter.end()
    }
}
