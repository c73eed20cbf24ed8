// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSystem
import Foundation
import Glibc

/// Holds a directory for this daemon alone. The lock is on the directory itself and goes with the
/// process, however it dies.
struct DirectoryLock: ~Copyable {
    private let directory: OwnedFD

    /// Of the state directory, which is made if need be: no second daemon writes the same ledger.
    init(state path: String) throws(APIError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw APIError(
                code: .systemFailure, message: "cannot make the state directory: \(error)",
                value: path, remedy: "run atolld as root, or name another with --state-directory")
        }
        directory = try Self.lock(path, of: "the state directory", "--state-directory")
    }

    /// Of the directory of doorbell servers, which is made if need be: a daemon ends those that its ledger
    /// does not know.
    ///
    /// - Parameter option: what names it, or the place that it is beside.
    init(doorbells path: String, option: String) throws(APIError) {
        do {
            // VMs pass through to the sockets, and see nothing else.
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o711])
        } catch {
            throw APIError(
                code: .systemFailure,
                message: "cannot make the directory of doorbell servers: \(error)", value: path,
                remedy: "run atolld as root, or name another with \(option)")
        }
        directory = try Self.lock(path, of: "the doorbell directory", option)
    }

    /// Of the directory of regions: two daemons, each with a ledger of its own, would each take the
    /// other's regions for strangers' files, or for its own after its ledger was lost.
    init(memory path: String) throws(APIError) {
        directory = try Self.lock(path, of: "the shared-memory directory", "--shm-directory")
    }

    private static func lock(_ path: String, of what: String, _ option: String) throws(APIError)
        -> OwnedFD
    {
        let directory: OwnedFD
        do throws(Errno) {
            directory = try OwnedFD(opening: path, [.directory, .followsLinks])
        } catch {
            throw APIError(
                code: .systemFailure,
                message: "cannot open \(what): \(String(decoding: error.text, as: UTF8.self))",
                value: path, remedy: "run atolld as root, or name another with \(option)")
        }
        guard flock(directory.raw, LOCK_EX | LOCK_NB) == 0 else {
            throw APIError(
                code: .systemFailure, message: "another atolld uses \(what)",
                value: path, remedy: "stop it first, or name another with \(option)")
        }
        return directory
    }
}
