// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Descriptors to wait for together, and what came of it.
public struct PollSet {
    private var entries: [atoll_poll] = []

    public init() {}

    /// Adds a descriptor to read from; the place to ask ``isReady(_:)`` about.
    public mutating func addReading(_ fd: Int32) -> Int { add(fd, ATOLL_POLL_IN) }
    public mutating func addWriting(_ fd: Int32) -> Int { add(fd, ATOLL_POLL_OUT) }

    private mutating func add(_ fd: Int32, _ events: Int) -> Int {
        entries.append(atoll_poll(fd: fd, events: Int16(events), revents: 0))
        return entries.count - 1
    }

    /// Waits until one is ready, a signal came or the time is over.
    public mutating func wait(milliseconds: Int) {
        let count = entries.count
        // SAFETY: the shim reads and writes these entries during the call only.
        _ = unsafe entries.withUnsafeMutableBufferPointer {
            unsafe atoll_poll($0.baseAddress, count, Int32(clamping: milliseconds))
        }
    }

    /// Whether an operation on the descriptor would not wait; it may fail or be at the end.
    public func isReady(_ place: Int) -> Bool { entries[place].revents != 0 }
}
