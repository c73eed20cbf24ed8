// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore

/// The process at the other end of a Unix socket.
struct Peer: Equatable {
    var process: Int32
    var user: UInt32
    /// The primary user group first, then the supplementary ones.
    var userGroups: [UInt32]

    /// `struct ucred`: process, user, primary user group, 32 bits each.
    private typealias Credentials = InlineArray<3, UInt32>
    /// More than any account has in practice; a peer with more counts as having none, which can
    /// only take rights away.
    private typealias UserGroups = InlineArray<1024, UInt32>

    init(of socket: any SocketOptionProvider) async throws {
        let credentials: Credentials = try await socket.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED)
        ).get()
        process = Int32(bitPattern: credentials[0])
        user = credentials[1]
        userGroups = [credentials[2]]
        // What the kernel does not fill in stays zero, so a zero ends the list. It cannot hide an
        // administrator: the user group 0 is believed only as the primary one.
        let more: UserGroups? = try? await socket.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERGROUPS)
        ).get()
        guard let more else { return }
        for index in more.indices where more[index] != 0 { userGroups.append(more[index]) }
    }
}
