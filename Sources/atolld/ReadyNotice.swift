// SPDX-License-Identifier: Apache-2.0
import Foundation
import NIOCore
import NIOPosix

/// Tells systemd that the daemon serves, as sd_notify(3) describes, where systemd asks for it.
enum ReadyNotice {
    static func send(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws {
        // Sockets in the abstract name space (`@...`) are not served: systemd has not used one since
        // 2012.
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") else { return }
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(unixDomainSocketPath: path).get()
        let address = try SocketAddress(unixDomainSocketPath: path)
        let notice = AddressedEnvelope(
            remoteAddress: address, data: ByteBuffer(string: "READY=1\n"))
        try await channel.writeAndFlush(notice)
        try await channel.close()
    }
}
