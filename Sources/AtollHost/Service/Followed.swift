// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Values on their way to somebody who may be slow to take them. What waits is counted, so that whoever
/// makes them can wait or give up, and a follower that reads nothing holds no more memory than that.
public struct Followed<Element: Sendable>: AsyncSequence, Sendable {
    private let stream: AsyncStream<(Element, Int)>
    private let backlog: Backlog

    /// Bytes, or whatever the maker counts, that wait to be taken.
    final class Backlog: Sendable {
        private let weight = Atomic<Int>(0)
        var now: Int { weight.load(ordering: .relaxed) }
        fileprivate func add(_ more: Int) { _ = weight.add(more, ordering: .relaxed) }
    }

    /// The maker's end.
    struct Maker: Sendable {
        fileprivate let continuation: AsyncStream<(Element, Int)>.Continuation
        let backlog: Backlog

        /// `false`: nobody listens any more.
        @discardableResult
        func yield(_ element: Element, weight: Int) -> Bool {
            backlog.add(weight)
            if case .terminated = continuation.yield((element, weight)) { return false }
            return true
        }

        func finish() { continuation.finish() }

        /// Called when the follower goes before the end.
        func onHangUp(_ body: @escaping @Sendable () -> Void) {
            continuation.onTermination = { if case .cancelled = $0 { body() } }
        }

        func onEnd(_ body: @escaping @Sendable () -> Void) {
            continuation.onTermination = { _ in body() }
        }
    }

    static func make() -> (Followed, Maker) {
        let (stream, continuation) = AsyncStream<(Element, Int)>.makeStream()
        let backlog = Backlog()
        return (
            Followed(stream: stream, backlog: backlog),
            Maker(continuation: continuation, backlog: backlog)
        )
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        public typealias Failure = Never
        fileprivate var values: AsyncStream<(Element, Int)>.AsyncIterator
        fileprivate let backlog: Backlog

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(Never) -> Element? {
            guard let (element, weight) = await values.next(isolation: actor) else { return nil }
            backlog.add(-weight)
            return element
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(values: stream.makeAsyncIterator(), backlog: backlog)
    }
}
