// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import GRDB

/// The ledger could not be read or written.
public struct LedgerError: Error, Sendable, Equatable {
    public enum Kind: Sendable {
        /// Its bytes are not what SQLite or this daemon wrote.
        case damaged
        /// A newer daemon made it.
        case newer
        /// There is no room for it.
        case full
        case other
    }

    public let kind: Kind
    public let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    init(_ error: any Error) {
        if let error = error as? LedgerError {
            self = error
        } else {
            let kind = Self.kind(of: error)
            self = kind == .full ? .full : LedgerError(kind, "\(error)")
        }
    }

    static var full: LedgerError { LedgerError(.full, "there is no room left on its disk") }

    private static func kind(of error: any Error) -> Kind {
        guard let error = error as? DatabaseError else { return .other }
        if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE { return .full }
        return switch error.resultCode {
        case .SQLITE_FULL: .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
        default: .other
        }
    }

    public var api: APIError {
        let remedy =
            switch kind {
            case .damaged: "start atolld anew: it sets the ledger aside and rebuilds it"
            case .newer: "start the newer atolld again, or give this one another state directory"
            case .full: "make room on the disk of the state directory, then try again"
            case .other: "see that the state directory is writable and its disk sound"
            }
        return APIError(
            code: .systemFailure, message: "the ledger cannot be used: \(reason)", remedy: remedy)
    }
}
