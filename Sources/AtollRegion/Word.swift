// SPDX-License-Identifier: Apache-2.0

/// One 64-bit word that several threads, processes or VMs use at once.
///
/// Every algorithm of AtollSync is written against this protocol, so that the same source runs on
/// shared memory (``SharedWord``) and on the words of a model checker. Orders are those of C11.
public protocol Word: ~Escapable {
    /// Acquire.
    func load() -> UInt64
    func loadRelaxed() -> UInt64
    /// Release.
    func store(_ value: UInt64)
    func storeRelaxed(_ value: UInt64)
    /// Sequentially consistent: no later load of this thread passes it.
    func storeSequential(_ value: UInt64)
    /// Acquire and release; gives what was there.
    func exchange(_ value: UInt64) -> UInt64
    /// Acquire and release; gives what was there, which is `expected` if and only if it succeeded.
    func compareExchange(_ expected: UInt64, _ desired: UInt64) -> UInt64
    /// Acquire and release; wraps; gives what was there.
    func add(_ delta: UInt64) -> UInt64
}
