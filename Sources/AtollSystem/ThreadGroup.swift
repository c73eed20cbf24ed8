// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim
internal import Synchronization

/// Several threads that run the same function and end together.
public enum ThreadGroup {
    /// Calls `body` with 0 to `count - 1`, each in a thread of its own; the caller's thread takes 0.
    /// Returns when all have returned.
    ///
    /// Throws where the kernel gives no more threads; `body` has then not been called at all.
    public static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws(Errno) {
        let gate = Gate(body)
        var threads: [UInt64] = []
        var failure: Errno?
        for index in 1..<max(count, 1) {
            var thread: UInt64 = 0
            // SAFETY: the new thread takes over the reference and gives it back.
            let place = unsafe Unmanaged.passRetained(Place(gate, index))
            let result = unsafe atoll_thread_start(&thread, startThread, place.toOpaque())
            if result < 0 {
                // SAFETY: no thread has it.
                unsafe place.release()
                failure = Errno(code: -result)
                break
            }
            threads.append(thread)
        }
        gate.state.store(failure == nil ? Gate.open : Gate.abandoned, ordering: .releasing)
        if failure == nil { body(0) }
        for thread in threads { _ = atoll_thread_join(thread) }
        if let failure { throw failure }
    }
}

/// Holds the first threads until the last has started: they may wait for each other.
private final class Gate: Sendable {
    static var open: Int { 1 }
    static var abandoned: Int { 2 }

    let state = Atomic<Int>(0)
    let body: @Sendable (Int) -> Void

    init(_ body: @escaping @Sendable (Int) -> Void) { self.body = body }

    func pass(_ index: Int) {
        while true {
            switch state.load(ordering: .acquiring) {
            case Self.open: return body(index)
            case Self.abandoned: return
            default: atoll_yield()
            }
        }
    }
}

private final class Place: Sendable {
    let gate: Gate
    let index: Int

    init(_ gate: Gate, _ index: Int) {
        self.gate = gate
        self.index = index
    }
}

private func startThread(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    // SAFETY: the reference that `run` has given away to this thread alone.
    let place = unsafe Unmanaged<Place>.fromOpaque(context).takeRetainedValue()
    place.gate.pass(place.index)
}
