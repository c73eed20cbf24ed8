// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Many descriptors to wait for, each known by a tag: `epoll(7)`. A descriptor must be removed before it
/// is closed where somebody else may have a copy of it.
public struct Watch: ~Copyable, Sendable {
    public struct Ready: Sendable, Equatable {
        public let tag: UInt64
        /// Something to read, an end or an error.
        public let canRead: Bool
        public let canWrite: Bool
    }

    private let descriptor: OwnedFD

    public init() throws(Errno) { descriptor = OwnedFD(taking: try checked(atoll_watch_make())) }

    public borrowing func add(_ fd: Int32, tag: UInt64) throws(Errno) {
        _ = try checked(atoll_watch_add(descriptor.raw, fd, tag, Int32(ATOLL_WATCH_READ)))
    }

    /// Whether to be told also that it takes bytes.
    public borrowing func change(_ fd: Int32, tag: UInt64, writing: Bool) throws(Errno) {
        let events = ATOLL_WATCH_READ | (writing ? ATOLL_WATCH_WRITE : 0)
        _ = try checked(atoll_watch_change(descriptor.raw, fd, tag, Int32(events)))
    }

    public borrowing func remove(_ fd: Int32) throws(Errno) {
        _ = try checked(atoll_watch_remove(descriptor.raw, fd))
    }

    /// Waits until some are ready; none: the time is over, or a signal came.
    ///
    /// - Parameter milliseconds: `nil`: for ever.
    public borrowing func wait(milliseconds: Int? = nil) throws(Errno) -> [Ready] {
        var events = [atoll_watched](repeating: atoll_watched(), count: 64)
        // SAFETY: the shim fills at most the array during the call.
        let count = unsafe events.withUnsafeMutableBufferPointer {
            unsafe atoll_watch_wait(
                descriptor.raw, $0.baseAddress, Int32($0.count),
                milliseconds.map { Int32(clamping: $0) } ?? -1)
        }
        return events.prefix(Int(try checked(count))).map {
            Ready(
                tag: $0.tag, canRead: $0.ready & UInt32(ATOLL_WATCH_READ) != 0,
                canWrite: $0.ready & UInt32(ATOLL_WATCH_WRITE) != 0)
        }
    }
}
