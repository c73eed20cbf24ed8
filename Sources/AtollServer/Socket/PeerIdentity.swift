// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollAccounts
public import AtollHost
import NIOCore

/// Says who is at the other end of a connection.
public struct PeerIdentity: Sendable {
    let caller: @Sendable (any Channel) async throws -> Caller

    /// The kernel's word about the socket's peer, as it was when the peer connected. An
    /// administrator is root, or a process whose primary or supplementary user groups have
    /// `administrators` among them.
    public static func kernel(administrators: UInt32?) -> PeerIdentity {
        PeerIdentity { channel in
            guard let options = channel as? any SocketOptionProvider else {
                throw APIError(code: .systemFailure, message: "the connection has no peer to name")
            }
            let peer = try await Peer(of: options)
            let isAdministrator =
                peer.user == 0 || administrators.map { peer.userGroups.contains($0) } ?? false
            return Caller(user: peer.user, isAdministrator: isAdministrator, process: peer.process)
        }
    }

    /// The same caller for every connection; for tests.
    public static func fixed(_ caller: Caller) -> PeerIdentity {
        PeerIdentity { _ in caller }
    }
}
