// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Synchronization

/// Where a connection is between requests, as two handlers of its pipeline see it: one the bytes, the
/// other the parts of requests and answers.
final class ConnectionState: Sendable {
    enum Phase: Sendable {
        /// No byte of the next request has come.
        case idle
        case head
        case body
        /// The request is here; the answer is on its way.
        case answering
    }

    private struct State {
        var phase = Phase.head
        var head = Head()
        var isRefused = false
    }

    /// A head as its bytes come: lines up to an empty one. Empty lines before it are none of it.
    private struct Head {
        private(set) var bytes = 0
        private var hasText = false
        private var isAtLineStart = true
        private var isWhole = false

        /// Whether it is no longer than this, with these bytes.
        mutating func isWithin(_ limit: Int, _ more: ByteBufferView) -> Bool {
            for byte in more {
                if isWhole { return true }
                bytes += 1
                if bytes > limit { return false }
                switch byte {
                case 0x0a:
                    isWhole = isAtLineStart && hasText
                    isAtLineStart = true
                case 0x0d: break
                default: (isAtLineStart, hasText) = (false, true)
                }
            }
            return true
        }
    }

    private let state = Mutex(State())

    var phase: Phase { state.withLock { $0.phase } }

    /// - Returns: the phase there is now: where bytes of the next request have come already, its head.
    @discardableResult
    func move(to phase: Phase) -> Phase {
        state.withLock { state in
            if phase == .idle, state.head.bytes > 0 {
                state.phase = .head
            } else {
                state.phase = phase
                state.head = Head()
            }
            return state.phase
        }
    }

    /// Whether the head that these bytes are of, if they are of one, is no longer than `limit`. While a
    /// request is answered the next one's may come.
    func isWithin(_ limit: Int, _ bytes: ByteBufferView) -> Bool {
        state.withLock { $0.phase == .body || $0.head.isWithin(limit, bytes) }
    }

    /// Whether this is the first to say that the connection is refused.
    func refuse() -> Bool {
        state.withLock { state in
            defer { state.isRefused = true }
            return !state.isRefused
        }
    }

    var isRefused: Bool { state.withLock { $0.isRefused } }
}
