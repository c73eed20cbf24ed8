// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A file descriptor with one owner, who closes it by going.
@frozen
public struct OwnedFD: ~Copyable, Sendable {
    public let raw: Int32

    /// Takes over a descriptor that nobody else will close.
    public init(taking raw: Int32) { self.raw = raw }

    deinit { _ = atoll_close(raw) }

    /// Gives the descriptor away; nobody closes it from here.
    public consuming func release() -> Int32 {
        let raw = self.raw
        discard self
        return raw
    }
}

/// How to open a file.
public struct OpenMode: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static var write: OpenMode { OpenMode(rawValue: Int32(ATOLL_OPEN_WRITE)) }
    /// Makes the file; throws ``Errno/exists`` where the name is taken, by a link too.
    public static var create: OpenMode { OpenMode(rawValue: Int32(ATOLL_OPEN_CREATE)) }
    public static var nonBlocking: OpenMode { OpenMode(rawValue: Int32(ATOLL_OPEN_NONBLOCK)) }
    public static var directory: OpenMode { OpenMode(rawValue: Int32(ATOLL_OPEN_DIRECTORY)) }
    /// Follows a link in the last place of the path.
    public static var followsLinks: OpenMode { OpenMode(rawValue: Int32(ATOLL_OPEN_FOLLOW)) }
}

extension OwnedFD {
    /// Opens `path`; a link in its last place is refused (``Errno/tooManyLinks``) unless
    /// ``OpenMode/followsLinks``.
    public init(opening path: String, _ mode: OpenMode = [], permissions: UInt32 = 0o600)
        throws(Errno)
    {
        // SAFETY: the shim reads the C string during the call only.
        let result = unsafe path.withCString { unsafe atoll_open($0, mode.rawValue, permissions) }
        self.init(taking: try checked(result))
    }

    /// The same for a path that came as bytes; ``Errno/noSuchFile`` where they hold a NUL.
    public init(opening path: [UInt8], _ mode: OpenMode = [], permissions: UInt32 = 0o600)
        throws(Errno)
    {
        guard !path.contains(0) else { throw .noSuchFile }
        let text = path.map { CChar(bitPattern: $0) } + [0]
        // SAFETY: the shim reads the C string during the call only.
        let result = unsafe text.withUnsafeBufferPointer {
            unsafe atoll_open($0.baseAddress!, mode.rawValue, permissions)
        }
        self.init(taking: try checked(result))
    }

    /// An anonymous memory object, which stands for a region where there is no name to give.
    public init(anonymous name: String) throws(Errno) {
        // SAFETY: the shim reads the C string during the call only.
        let result = unsafe name.withCString { unsafe atoll_memfd($0) }
        self.init(taking: try checked(result))
    }

    public borrowing func setSize(_ bytes: UInt64) throws(Errno) {
        _ = try checked(atoll_ftruncate(raw, bytes))
    }

    /// Takes every page of the first `bytes` at once. Throws ``Errno/noSpace`` or ``Errno/noMemory``
    /// where they are not to be had; some pages may then be taken until the file goes.
    public borrowing func allocate(_ bytes: UInt64) throws(Errno) {
        while true {
            let result = atoll_fallocate(raw, bytes)
            if result == -Errno.interrupted.code { continue }
            _ = try checked(result)
            return
        }
    }

    /// Gives the memory or blocks of a part of the file back; it then reads as zeros.
    public borrowing func makeHole(offset: UInt64, count: UInt64) throws(Errno) {
        _ = try checked(atoll_make_hole(raw, offset, count))
    }

    public borrowing func setPermissions(_ mode: UInt32) throws(Errno) {
        _ = try checked(atoll_fchmod(raw, mode))
    }

    public borrowing func setOwner(user: UInt32, group: UInt32) throws(Errno) {
        _ = try checked(atoll_fchown(raw, user, group))
    }

    public borrowing func status() throws(Errno) -> FileStatus {
        var s = atoll_stat()
        // SAFETY: the shim fills the structure that the pointer names, during the call only.
        _ = try checked(unsafe atoll_fstat(raw, &s))
        return FileStatus(s)
    }
}
