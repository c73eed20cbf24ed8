// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Several threads that run the same function and end together.
public enum ThreadGroup {
    /// Calls `body` with 0 to `count - 1`, each in a thread of its own; the caller's thread takes 0.
    /// Returns what each returned, when all have.
    ///
    /// Throws where the kernel gives no more threads, and ``Errno/invalidArgument`` for a group of
    /// none or of more than a million; `body` has then not been called at all.
    public static func run<R: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> R)
        throws(Errno) -> [R]
    {
        guard count > 0, count <= 1 << 20 else { throw .invalidArgument }
        let places = (0..<count).map { _ in Place<R>() }
        let work = Work { index in places[index].result = body(index) }
        // SAFETY: `work` lives until the call returns, when all its threads have ended.
        let result = unsafe atoll_threads_run(
            Int32(count), runThread, Unmanaged.passUnretained(work).toOpaque())
        withExtendedLifetime(work) {}
        _ = try checked(result)
        return places.map { $0.result! }
    }
}

/// Where one thread leaves its result: nobody else looks before it has ended.
private final class Place<R: Sendable>: @unchecked Sendable {
    var result: R?
}

private final class Work: Sendable {
    let body: @Sendable (Int) -> Void

    init(_ body: @escaping @Sendable (Int) -> Void) { self.body = body }
}

private func runThread(_ context: UnsafeMutableRawPointer?, _ index: Int32) {
    // SAFETY: only compared with nil here.
    guard let context = unsafe context else { return }
    // SAFETY: the object that `run` keeps alive.
    unsafe Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().body(Int(index))
}
