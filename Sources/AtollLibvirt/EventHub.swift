// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Synchronization

/// Hands each event to all who listen, in the order in which libvirt told them.
final class EventHub: Sendable {
    typealias Handler = @Sendable (HypervisorEvent) -> Void

    private struct State {
        var next = 0
        var handlers: [Int: Handler] = [:]
        var streams: [Int: AsyncStream<HypervisorEvent>.Continuation] = [:]
    }

    private let state = Mutex(State())

    deinit { finish() }

    /// Runs `handler` for each event, on the thread that tells it: it must not block.
    func listen(_ handler: @escaping Handler) -> Int {
        state.withLock { state in
            state.next += 1
            state.handlers[state.next] = handler
            return state.next
        }
    }

    func unlisten(_ token: Int) {
        // The handler may own much; it is let go outside of the lock.
        _ = state.withLock { $0.handlers.removeValue(forKey: token) }
    }

    /// A stream of its own. Nothing is dropped where its reader is slow: a lost word of a VM's
    /// death would be worse than the few bytes that each event takes.
    func stream() -> AsyncStream<HypervisorEvent> {
        let (stream, continuation) = AsyncStream<HypervisorEvent>.makeStream()
        let token = state.withLock { state in
            state.next += 1
            state.streams[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.streams.removeValue(forKey: token) }
        }
        return stream
    }

    func publish(_ event: HypervisorEvent) {
        let (handlers, streams) = state.withLock {
            (Array($0.handlers.values), Array($0.streams.values))
        }
        for stream in streams { stream.yield(event) }
        for handler in handlers { handler(event) }
    }

    private func finish() {
        let streams = state.withLock { Array($0.streams.values) }
        for stream in streams { stream.finish() }
    }
}
