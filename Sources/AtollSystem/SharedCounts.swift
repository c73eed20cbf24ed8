// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Counts in a file that processes of one kernel have mapped, each on a line of its own, on which their
/// threads can sleep.
public final class SharedCounts: Sendable {
    private let mapping: Mapping

    public static var most: Int { 64 }
    /// What the file has at least.
    public static var bytes: Int { most * 64 }

    public init(_ path: String) throws(Errno) {
        let file = try OwnedFD(opening: path, .write)
        guard try file.status().bytes >= UInt64(Self.bytes) else { throw .invalidArgument }
        mapping = try Mapping(file, count: Self.bytes)
    }

    private func address(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(index >= 0 && index < Self.most)
        // SAFETY: in bounds, checked the line above.
        return unsafe mapping.base + index * 64
    }

    // SAFETY of all below: `address` is in bounds and aligned, and the mapping stays as long as this.
    public func load(_ index: Int) -> UInt32 { unsafe atoll_count_load(address(index)) }

    /// Adds one and wakes who sleeps on the count.
    public func raise(_ index: Int) {
        unsafe atoll_count_raise(address(index))
        _ = unsafe atoll_count_wake(address(index))
    }

    /// Sleeps while the count is `seen`, for so many nanoseconds at most, or until a signal comes.
    public func wait(_ index: Int, while seen: UInt32, nanoseconds: UInt64) {
        // Whatever has ended it, the caller looks.
        _ = unsafe atoll_count_wait(address(index), seen, nanoseconds)
    }
}
