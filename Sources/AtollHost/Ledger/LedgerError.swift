// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// The ledger could not be read or written.
public struct LedgerError: Error, Sendable, Equatable {
    public let reason: String

    init(_ error: any Error) { reason = "\(error)" }

    var api: APIError {
        APIError(
            code: .systemFailure, message: "the ledger cannot be used: \(reason)",
            remedy: "see that the state directory is writable and its disk not full")
    }
}
