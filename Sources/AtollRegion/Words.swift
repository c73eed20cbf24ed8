// SPDX-License-Identifier: Apache-2.0

/// Many 64-bit words that several threads, processes or VMs use at once: a run of bytes, addressed by
/// offsets from its start that are multiples of 8.
///
/// Algorithms over more words than they can name are written against this protocol, so that the same
/// source runs on shared memory (``SharedWords``) and on the words of a model checker. The
/// operations and their orders are those of ``Word``. An offset out of bounds is a mistake of the
/// algorithm and stops the process: what comes from the words themselves is checked by whoever loads
/// it.
public protocol Words: ~Escapable {
    /// How many bytes there are; a multiple of 8.
    var count: Int { get }

    /// Acquire.
    func load(_ offset: Int) -> UInt64
    func loadRelaxed(_ offset: Int) -> UInt64
    /// Sequentially consistent: passes no earlier ``storeSequential(_:at:)`` of this thread. An
    /// acquiring load may do so on ARM.
    func loadSequential(_ offset: Int) -> UInt64
    /// Release.
    func store(_ value: UInt64, at offset: Int)
    func storeRelaxed(_ value: UInt64, at offset: Int)
    /// Sequentially consistent: no later ``loadSequential(_:)`` of this thread passes it.
    func storeSequential(_ value: UInt64, at offset: Int)
    /// Orders all operations of this thread before it before all after it, with all other fences: of two
    /// threads that each write a word, pass a fence and read the other's word, one reads what was written.
    func fence()
    /// Acquire and release; gives what was there.
    func exchange(_ value: UInt64, at offset: Int) -> UInt64
    /// Acquire and release; gives what was there, which is `expected` if and only if it succeeded.
    func compareExchange(_ expected: UInt64, _ desired: UInt64, at offset: Int) -> UInt64
    /// Acquire and release; wraps; gives what was there.
    func add(_ delta: UInt64, at offset: Int) -> UInt64
}

extension Words where Self: ~Escapable {
    /// One of the words, for algorithms over ``Word``.
    @_lifetime(copy self)
    @inlinable
    public func word(at offset: Int) -> WordOfWords<Self> { WordOfWords(self, at: offset) }
}
