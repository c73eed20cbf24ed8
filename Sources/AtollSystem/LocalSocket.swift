// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A stream socket of this host, whose calls never wait. What travels through it may have a descriptor
/// with it.
public struct LocalSocket: ~Copyable, Sendable {
    /// The longest path that a socket can have, in bytes.
    public static var longestPath: Int { Int(ATOLL_SOCKET_PATH) - 1 }

    private let descriptor: OwnedFD
    public var raw: Int32 { descriptor.raw }

    private init(taking raw: Int32) { descriptor = OwnedFD(taking: raw) }

    /// Listens at a path where nothing is yet; throws ``Errno/addressInUse`` where something is.
    public init(listeningAt path: String, backlog: Int = 128) throws(Errno) {
        // SAFETY: the shim reads the C string during the call only.
        let result = unsafe path.withCString {
            unsafe atoll_socket_listen($0, Int32(clamping: backlog))
        }
        self.init(taking: try checked(result))
    }

    /// Throws ``Errno/tryAgain`` where the listener's queue is full.
    public init(connectingTo path: String) throws(Errno) {
        // SAFETY: the shim reads the C string during the call only.
        let result = unsafe path.withCString { unsafe atoll_socket_connect($0) }
        self.init(taking: try checked(result))
    }

    /// Lets one user alone connect at this path.
    public static func give(_ path: String, user: UInt32, group: UInt32) throws(Errno) {
        // SAFETY: the shim reads the C string during the call only.
        let given = unsafe path.withCString { unsafe atoll_socket_give($0, user, group) }
        _ = try checked(given)
        // SAFETY: as above.
        let opened = unsafe path.withCString { unsafe atoll_socket_open_to($0, 0o600) }
        _ = try checked(opened)
    }

    /// The next who has connected; ``Errno/tryAgain`` where nobody has.
    public borrowing func accept() throws(Errno) -> LocalSocket {
        LocalSocket(taking: try checked(atoll_socket_accept(raw)))
    }

    /// The number of the process that connected; 0 where it lives in a name space that is not seen from
    /// here.
    public borrowing func peer() throws(Errno) -> Int32 { try checked(atoll_socket_peer(raw)) }

    /// Sends what goes at once, with the descriptor if there is one: it goes with the first byte. How
    /// many bytes went.
    public borrowing func send(_ bytes: ArraySlice<UInt8>, with descriptor: Int32? = nil)
        throws(Errno) -> Int
    {
        // SAFETY: the shim reads the slice during the call only.
        let result = unsafe bytes.withUnsafeBytes {
            unsafe atoll_socket_send(raw, $0.baseAddress, $0.count, descriptor ?? -1)
        }
        return try checked(result)
    }

    /// What is there, at most `limit` bytes, and a descriptor if one came with it. No bytes: the end.
    public borrowing func receive(atMost limit: Int) throws(Errno) -> Received {
        var bytes = [UInt8](repeating: 0, count: limit)
        var descriptor: Int32 = -1
        // SAFETY: the shim fills at most the array, and the number, during the call.
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe atoll_socket_receive(raw, $0.baseAddress, $0.count, &descriptor)
        }
        bytes.removeLast(limit - Int(max(0, count)))
        let received = Received(
            bytes: bytes, descriptor: descriptor < 0 ? nil : OwnedFD(taking: descriptor))
        _ = try checked(count)
        return received
    }

    public struct Received: ~Copyable {
        public let bytes: [UInt8]
        private var descriptor: OwnedFD?

        init(bytes: [UInt8], descriptor: consuming OwnedFD?) {
            self.bytes = bytes
            self.descriptor = descriptor
        }

        public consuming func takeDescriptor() -> OwnedFD? { descriptor }
    }
}
