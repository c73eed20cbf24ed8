// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Whether all of these bytes are zero.
@unsafe
public func isZero(_ bytes: UnsafeRawPointer, count: Int) -> Bool {
    // SAFETY: the caller vouches for the bytes; the shim reads them during the call only.
    unsafe atoll_is_zero(bytes, count)
}

/// Shared memory mapped into this process, with one owner, who unmaps it by going.
@safe
public struct Mapping: ~Copyable, @unchecked Sendable {
    public let base: UnsafeMutableRawPointer
    public let count: Int

    /// Maps the first `count` bytes of the file, shared with everybody else who maps it.
    public init(_ file: borrowing OwnedFD, count: Int, writable: Bool = true) throws(Errno) {
        var error: Int32 = 0
        // SAFETY: the kernel picks the address; nothing of ours lies there.
        guard let base = unsafe atoll_map_shared(file.raw, count, writable, &error) else {
            throw Errno(code: error)
        }
        unsafe self.base = base
        self.count = count
    }

    // SAFETY: base and count are what the kernel gave, and this is their only owner.
    deinit { _ = unsafe atoll_unmap(base, count) }
}
