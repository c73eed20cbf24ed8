// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// How many requests were answered, by status.
final class RequestFigures: Sendable {
    private let counts = Mutex<[Int: UInt64]>([:])

    func count(_ status: Int) { counts.withLock { $0[status, default: 0] += 1 } }

    var byStatus: [String: UInt64] {
        counts.withLock { counts in
            Dictionary(counts.map { ("\($0.key)", $0.value) }) { $1 }
        }
    }
}
