// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Who besides its owner may read and write a file: a POSIX access list, as `acl(5)` has it and the
/// kernel keeps it in an attribute of the file.
public struct AccessList: Sendable, Equatable {
    /// By their numbers, in rising order.
    public let users: [UInt32]

    public init(users: some Sequence<UInt32>) {
        var sorted: [UInt32] = []
        for user in users.sorted() where sorted.last != user { sorted.append(user) }
        self.users = sorted
    }

    private static var name: String { "system.posix_acl_access" }
    private static var version: UInt32 { 2 }
    /// Nobody in particular.
    private static var nobody: UInt32 { UInt32.max }
    private enum Tag {
        static var owner: UInt16 { 1 }
        static var user: UInt16 { 2 }
        static var group: UInt16 { 4 }
        static var mask: UInt16 { 0x10 }
        static var other: UInt16 { 0x20 }
    }
    private static var readWrite: UInt16 { 6 }

    /// The owner and these users may read and write; nobody else may anything. Without users it says
    /// what the permissions 0600 say, and the kernel keeps no list.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        let add = { (number: UInt32, count: Int) in
            for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
        }
        let entry = { (tag: UInt16, permissions: UInt16, id: UInt32) in
            add(UInt32(tag), 2)
            add(UInt32(permissions), 2)
            add(id, 4)
        }
        add(Self.version, 4)
        entry(Tag.owner, Self.readWrite, Self.nobody)
        for user in users { entry(Tag.user, Self.readWrite, user) }
        entry(Tag.group, 0, Self.nobody)
        if !users.isEmpty { entry(Tag.mask, Self.readWrite, Self.nobody) }
        entry(Tag.other, 0, Self.nobody)
        return bytes
    }

    /// The users that a list lets read and write; entries of other kinds are left out.
    init(reading bytes: [UInt8]) {
        let number = { (at: Int, count: Int) -> UInt32 in
            (0..<count).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
        var users: [UInt32] = []
        var at = 4
        while at + 8 <= bytes.count {
            let isUser = number(at, 2) == UInt32(Tag.user)
            if isUser, number(at + 2, 2) & UInt32(Self.readWrite) == UInt32(Self.readWrite) {
                users.append(number(at + 4, 4))
            }
            at += 8
        }
        self.init(users: users)
    }

    /// Throws ``Errno/notSupported`` where the file system has no access lists.
    public init(of file: borrowing OwnedFD) throws(Errno) {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let raw = file.raw
        // SAFETY: the shim reads the C string and fills at most the array during the call.
        let count = unsafe Self.name.withCString { name in
            unsafe bytes.withUnsafeMutableBufferPointer {
                unsafe atoll_attribute(raw, name, $0.baseAddress, $0.count)
            }
        }
        if count == -Int(Errno.noData.code) {
            self.init(users: [])
            return
        }
        bytes.removeLast(bytes.count - (try checked(count)))
        self.init(reading: bytes)
    }

    /// Makes it the file's. Throws ``Errno/notSupported`` where the file system has no access lists.
    public func apply(to file: borrowing OwnedFD) throws(Errno) {
        let bytes = self.bytes
        let raw = file.raw
        // SAFETY: the shim reads the C string and the array during the call only.
        let result = unsafe Self.name.withCString { name in
            unsafe bytes.withUnsafeBufferPointer {
                unsafe atoll_set_attribute(raw, name, $0.baseAddress, $0.count)
            }
        }
        _ = try checked(result)
    }
}
