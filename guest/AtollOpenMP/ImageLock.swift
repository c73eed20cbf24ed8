// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// A lock of one word of shared memory, for short sections: see ``WordLock``.
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

    @inline(__always) private var lock: WordLock<WordOfWords<ImageWords>> {
        WordLock(words.word(at: field))
    }

    /// - Parameter thread: none, for a caller without a record.
    @inline(__always)
    func acquire(_ thread: ThreadRecord) {
        if !lock.takes() { acquireSlowly(thread) }
    }

    @inline(__always)
    func release() {
        lock.release()
        Bell.rouse()
    }

    @inline(never)
    private func acquireSlowly(_ thread: ThreadRecord) {
        var waiter = thread.isNone ? ImageWaiter() : ImageWaiter(thread, .lock)
        lock.wait(&waiter)
    }
}
