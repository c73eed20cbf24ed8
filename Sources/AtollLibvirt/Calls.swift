// SPDX-License-Identifier: Apache-2.0
import AtollHost
import NIOPosix
import Synchronization

/// Runs calls that block on threads of their own, and gives up on those that take too long.
final class Calls: Sendable {
    private let pool: NIOThreadPool
    private let uri: String

    init(uri: String, threads: Int) {
        self.uri = uri
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    deinit { pool.shutdownGracefully { _ in } }

    /// Runs `body` on a thread of the pool. After `limit` the caller gets
    /// ``HypervisorError/unreachable`` and the call is left to itself: nothing can interrupt it, and
    /// what it was to do may still happen.
    func run<T: Sendable>(
        _ operation: String, limit: Duration,
        _ body: @escaping @Sendable () throws(HypervisorError) -> T
    ) async throws(HypervisorError) -> T {
        typealias Outcome = Result<T, HypervisorError>
        let late = HypervisorError.unreachable(
            uri: uri, reason: "\(operation): no answer within \(limit)")
        let ended = HypervisorError.unreachable(uri: uri, reason: "\(operation): shutting down")
        let outcome: Outcome = await withCheckedContinuation { continuation in
            let answer = Once(continuation)
            let timer = Task {
                do { try await Task.sleep(for: limit) } catch { return }
                answer.give(.failure(late))
            }
            pool.submit { state in
                // Who gave up waiting must not have it done behind his back if it can be helped.
                let wanted = state == .active && !answer.isGiven
                answer.give(wanted ? Outcome(catching: body) : .failure(ended))
                timer.cancel()
            }
        }
        return try outcome.get()
    }

    /// Runs `body` on a thread of the pool, some time, with nobody waiting for it.
    func later(_ body: @escaping @Sendable () -> Void) {
        // A pool that has ended runs the closure at once, which is right too: it must not be lost.
        pool.submit { _ in body() }
    }
}

/// An answer that can be given by several and is taken from the first.
private final class Once<T: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<T, Never>?>

    init(_ continuation: CheckedContinuation<T, Never>) {
        self.continuation = Mutex(continuation)
    }

    var isGiven: Bool { continuation.withLock { $0 == nil } }

    func give(_ value: T) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: value)
    }
}
