// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// What the command line asks for:
///
///     atoll-doorbell SOCKET OBJECT MEMORY BYTES VECTORS USER GROUP
///
/// - SOCKET: ends with `.sock`; beside it lie files of the same name with other ends: `.slots`, who may
///   connect; `.peers`, who is; `.lock`, locked as long as the server runs.
/// - OBJECT: the region's name among shared-memory objects, for whoever looks.
/// - MEMORY: the file of BYTES that each VM is given.
/// - USER, GROUP: who may connect.
struct ServerTask {
    let socket: String
    let object: String
    let memory: String
    let bytes: UInt64
    let vectors: Int
    let user: UInt32
    let group: UInt32

    init(_ arguments: [String]) throws(Failure) {
        guard arguments.count == 7, arguments[0].hasSuffix(".sock"),
            let bytes = UInt64(arguments[3]), let vectors = Int(arguments[4]),
            let user = UInt32(arguments[5]), let group = UInt32(arguments[6])
        else { throw Failure("usage: SOCKET OBJECT MEMORY BYTES VECTORS USER GROUP") }
        (socket, object, memory) = (arguments[0], arguments[1], arguments[2])
        (self.bytes, self.vectors, self.user, self.group) = (bytes, vectors, user, group)
        // QEMU ends itself on a BAR whose size is no power of two.
        guard bytes >= 1 << 20, bytes & (bytes - 1) == 0 else {
            throw Failure("\(bytes) is no size for a device")
        }
        guard (1...64).contains(vectors) else { throw Failure("1 to 64 vectors, not \(vectors)") }
        guard socket.utf8.count <= LocalSocket.longestPath else {
            throw Failure("\(socket) is too long for a socket")
        }
    }

    private func beside(_ end: String) -> String { socket.dropLast(5) + end }

    var slots: String { beside(".slots") }
    var peers: String { beside(".peers") }
    var lock: String { beside(".lock") }
}

/// Why it does not serve, for the daemon.
struct Failure: Error {
    let text: String

    init(_ text: String) { self.text = text }

    init(_ what: String, _ error: Errno) {
        text = "\(what): \(String(decoding: error.text, as: UTF8.self))"
    }
}

/// A system call whose failure is the program's.
func attempt<T: ~Copyable>(_ what: String, _ body: () throws(Errno) -> T) throws(Failure) -> T {
    do throws(Errno) { return try body() } catch { throw Failure(what, error) }
}
