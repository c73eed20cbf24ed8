// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// What `stat(2)` says of a file.
public struct FileStatus: Sendable, Equatable {
    public enum Kind: Sendable { case regular, link, other }

    public let bytes: UInt64
    /// What the file takes; less than `bytes` where it has holes.
    public let allocated: UInt64
    public let kind: Kind
    public let permissions: UInt32
    public let user: UInt32
    public let group: UInt32
    /// Which file it is, among all of this host.
    public let device: UInt64
    public let inode: UInt64

    init(_ s: atoll_stat) {
        bytes = s.bytes
        allocated = s.allocated
        var copy = s
        // SAFETY: the shim reads the structure during the call only.
        kind =
            unsafe atoll_stat_is_regular(&copy)
            ? .regular : atoll_stat_is_link(&copy) ? .link : .other
        permissions = s.mode & 0o7777
        user = s.user
        group = s.group
        device = s.device
        inode = s.inode
    }

    /// Of the name itself: a link is described, not followed. `nil` where there is nothing.
    public static func ofName(_ path: String) throws(Errno) -> FileStatus? {
        var s = atoll_stat()
        // SAFETY: the shim reads the C string and fills the structure during the call only.
        let result = unsafe path.withCString { unsafe atoll_lstat($0, &s) }
        if result == -Errno.noSuchFile.code { return nil }
        _ = try checked(result)
        return FileStatus(s)
    }
}

/// Removes a name from the file system.
public func unlink(_ path: String) throws(Errno) {
    // SAFETY: the shim reads the C string during the call only.
    let result = unsafe path.withCString { unsafe atoll_unlink($0) }
    _ = try checked(result)
}

/// Renames a file; throws ``Errno/exists`` where `to` is taken, by a link too.
public func renameExclusively(_ from: String, to: String) throws(Errno) {
    // SAFETY: the shim reads the C strings during the call only.
    let result = unsafe from.withCString { from in
        unsafe to.withCString { to in unsafe atoll_rename_exclusive(from, to) }
    }
    _ = try checked(result)
}
