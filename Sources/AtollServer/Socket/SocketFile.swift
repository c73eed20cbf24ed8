// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import NIOCore
import NIOPosix

/// The file that the daemon listens on.
struct SocketFile {
    let path: String

    /// What `sockaddr_un` holds, less the zero that ends it.
    private static let longestPath = 107

    /// Makes way for the socket: the directory is there, and what a dead daemon left is gone.
    /// Whatever else stands in the way stays and is named.
    func prepare() async throws(APIError) {
        guard path.hasPrefix("/"), path.utf8.count <= Self.longestPath else {
            throw APIError(
                code: .badRequest,
                message: "the socket's path is no absolute path of at most "
                    + "\(Self.longestPath) bytes", value: path,
                remedy: "name a shorter absolute path with --socket")
        }
        let directory = (path as NSString).deletingLastPathComponent
        do {
            if !FileManager.default.fileExists(atPath: directory) {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o755])
            }
        } catch {
            throw failure("cannot make the socket's directory", directory, error)
        }
        // Of a link this names the link, so none is followed.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let type = attributes?[.type] as? FileAttributeType else { return }
        guard type == .typeSocket else {
            throw APIError(
                code: .systemFailure, message: "the socket's place is taken by something else",
                value: path, remedy: "move it away, or name another path with --socket")
        }
        if await answers() {
            throw APIError(
                code: .systemFailure, message: "another daemon is listening on the socket",
                value: path, remedy: "stop it first, or name another path with --socket")
        }
        remove()
    }

    /// Lets everybody connect: the API is kept by who the kernel says the peer is.
    func open() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    private func answers() async -> Bool {
        let connection = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(unixDomainSocketPath: path).get()
        try? await connection?.close()
        return connection != nil
    }

    private func failure(_ what: String, _ value: String, _ error: any Error) -> APIError {
        APIError(
            code: .systemFailure, message: "\(what): \(error.localizedDescription)", value: value,
            remedy: "run the daemon as root, or name another path with --socket")
    }
}
