// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// The kernel's files that are settings: one write is one order.
public enum ControlFile {
    /// Throws ``Errno/noSuchFile`` where this kernel has no such setting; never makes a file.
    public static func write(_ text: String, to path: String) throws(Errno) {
        // SAFETY: the shim reads the C string during the call only.
        let raw = unsafe path.withCString { unsafe atoll_open_control($0) }
        let file = OwnedFD(taking: try checked(raw))
        _ = try AtollSystem.write(Array(text.utf8)[...], to: file.raw)
    }

    /// A number by itself; `nil`: the word `max`.
    public static func number(_ path: String) throws(Errno) -> UInt64? {
        let text = try readFile(path, limit: 64)
        let digits = Array(text.prefix { $0 >= 0x30 && $0 <= 0x39 })
        if digits.isEmpty, text.starts(with: Array("max".utf8)) { return nil }
        guard let value = decimal(digits) else { throw .invalidArgument }
        return value
    }
}

/// Removes an empty directory; one that is not there is as good.
public func removeDirectory(_ path: String) throws(Errno) {
    // SAFETY: the shim reads the C string during the call only.
    let result = unsafe path.withCString { unsafe atoll_remove_directory($0) }
    if result == -Errno.noSuchFile.code { return }
    _ = try checked(result)
}

/// A program of ours that works for this process and ends with its input.
public enum Helper {
    /// Starts it by its path, with these two descriptors as its input and output and our standard
    /// error. Its pid, to be collected by ``Child/reap(_:)``.
    public static func start(_ arguments: [[UInt8]], input: Int32, output: Int32) throws(Errno)
        -> Int32
    {
        guard let path = arguments.first else { throw .invalidArgument }
        // SAFETY: the shim reads what the pointers name during the call only; the list has as many
        // closed strings as its count says.
        let result = unsafe withCString(path) { path in
            unsafe ProgramStart.row(arguments).withUnsafeBufferPointer {
                unsafe atoll_start_helper(path, $0.baseAddress, arguments.count, input, output)
            }
        }
        return try checked(result)
    }
}
