// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import NIOCore

extension AtollClient {
    /// What went wrong on the way to the daemon or back, in the words of the API.
    func failure(_ error: any Error) -> APIError {
        switch error {
        case let error as APIError:
            error
        case let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM:
            APIError(
                code: .notPermitted, message: "this user may not connect to the daemon's socket",
                value: socketPath,
                remedy: "the socket's directory has to be open to everybody (mode 0755)")
        case let error as IOError where error.errnoCode == ENOENT:
            unreachable("there is no socket of a daemon")
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            unreachable("no daemon listens on the socket")
        case is DecodingError:
            APIError(
                code: .daemonFailed, message: "the daemon's answer cannot be read: \(error)",
                value: socketPath,
                remedy: "is the daemon of version \(atollVersion)? `atoll version` shows both")
        default:
            APIError(
                code: .daemonFailed, message: "the connection to the daemon failed: \(error)",
                value: socketPath, remedy: "the daemon's log may say why")
        }
    }

    private func unreachable(_ message: String) -> APIError {
        APIError(
            code: .daemonUnreachable, message: message, value: socketPath,
            remedy: "is atolld running? `systemctl start atolld` starts it; "
                + "--socket or ATOLL_SOCKET names another socket")
    }
}
