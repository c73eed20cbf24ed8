// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSystem
import Foundation
import Glibc

/// Holds the state directory for this daemon alone, so that no second one writes the same ledger.
/// The lock is on the directory itself and goes with the process, however it dies.
struct StateLock: ~Copyable {
    private let directory: OwnedFD

    init(_ path: String) throws(APIError) { directory = try Self.lock(path) }

    private static func lock(_ path: String) throws(APIError) -> OwnedFD {
        let directory: OwnedFD
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            directory = try OwnedFD(opening: path, .directory)
        } catch {
            throw APIError(
                code: .systemFailure, message: "cannot open the state directory: \(error)",
                value: path, remedy: "run atolld as root, or name another with --state-directory")
        }
        guard flock(directory.raw, LOCK_EX | LOCK_NB) == 0 else {
            throw APIError(
                code: .systemFailure, message: "another atolld uses the state directory",
                value: path, remedy: "stop it first, or name another with --state-directory")
        }
        return directory
    }
}
