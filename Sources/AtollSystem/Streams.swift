// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

extension OwnedFD {
    /// Reads what is there, at most `limit` bytes. Empty: the end. Throws ``Errno/tryAgain`` where
    /// nothing is there yet.
    public borrowing func read(atMost limit: Int) throws(Errno) -> [UInt8] {
        try readBytes(raw, atMost: limit)
    }

    /// How many bytes wait in a pipe.
    public borrowing func readableBytes() -> Int { max(0, Int(atoll_readable_bytes(raw))) }

    /// Locks the file against other opens of it, as long as this one, or a copy of it in a process
    /// made by fork, is open. Throws ``Errno/tryAgain`` where somebody has it.
    public borrowing func lock() throws(Errno) { _ = try checked(atoll_lock(raw)) }

    /// A file to append to.
    public init(appendingTo path: [UInt8]) throws(Errno) {
        // SAFETY: the shim reads the closed string during the call only.
        self.init(taking: try checked(unsafe withCString(path) { unsafe atoll_open_log($0) }))
    }
}

/// A pipe between this process, whose calls do not wait, and another, whose calls do.
public struct Pipe: ~Copyable {
    public let reading: OwnedFD
    public let writing: OwnedFD

    /// - Parameter isInput: this process writes; else it reads.
    public init(isInput: Bool = false) throws(Errno) {
        var ends: (Int32, Int32) = (-1, -1)
        // SAFETY: the shim fills two numbers, and the tuple is two numbers.
        let result = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe atoll_pipe(
                $0.baseAddress!.assumingMemoryBound(to: Int32.self), isInput ? 1 : 0)
        }
        _ = try checked(result)
        reading = OwnedFD(taking: ends.0)
        writing = OwnedFD(taking: ends.1)
    }

    /// Gives the reading end and closes the other.
    public consuming func closeWriting() -> OwnedFD { reading }

    /// Gives the writing end and closes the other.
    public consuming func closeReading() -> OwnedFD { writing }
}

/// Writes once; how many bytes went.
public func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(Errno) -> Int {
    // SAFETY: the shim reads the slice during the call only.
    let result = unsafe bytes.withUnsafeBytes {
        unsafe atoll_write(descriptor, $0.baseAddress, $0.count)
    }
    return try checked(result)
}

private func readBytes(_ descriptor: Int32, atMost limit: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    while true {
        // SAFETY: the shim fills at most the array during the call.
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe atoll_read(descriptor, $0.baseAddress, $0.count)
        }
        if count == -Int(Errno.interrupted.code) { continue }
        bytes.removeLast(limit - (try checked(count)))
        return bytes
    }
}

/// Reads what standard input has, at most `limit` bytes; waits where there is nothing. Empty: its end.
public func readInput(atMost limit: Int) throws(Errno) -> [UInt8] {
    try readBytes(0, atMost: limit)
}

/// A small file, such as sysfs has them; longer ones are cut at `limit`.
public func readFile(_ path: String, limit: Int = 64 << 10) throws(Errno) -> [UInt8] {
    let file = try OwnedFD(opening: path)
    var bytes: [UInt8] = []
    while bytes.count < limit {
        let more = try file.read(atMost: min(16 << 10, limit - bytes.count))
        if more.isEmpty { break }
        bytes += more
    }
    return bytes
}

/// The names in a directory, in no order, without hidden ones.
public func list(directory path: String) throws(Errno) -> [[UInt8]] {
    var bytes = [UInt8](repeating: 0, count: 256 << 10)
    // SAFETY: the shim reads the C string and fills at most the array during the call.
    let count = unsafe path.withCString { path in
        unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe atoll_list(path, $0.baseAddress, $0.count)
        }
    }
    return strings(Array(bytes.prefix(try checked(count))))
}

/// Makes a directory; one that is there already is as good.
public func makeDirectory(_ path: String, permissions: UInt32) throws(Errno) {
    // SAFETY: the shim reads the C string during the call only.
    let result = unsafe path.withCString { unsafe atoll_make_directory($0, permissions) }
    if result == -Errno.exists.code { return }
    _ = try checked(result)
}

/// Gives a file another name, over whatever had it.
public func rename(_ from: String, to path: String) throws(Errno) {
    // SAFETY: the shim reads the C strings during the call only.
    let result = unsafe from.withCString { from in
        unsafe path.withCString { unsafe atoll_rename(from, $0) }
    }
    _ = try checked(result)
}

extension Errno {
    /// What the number means, in English.
    public var text: [UInt8] {
        // SAFETY: the C library's text is constant, or absent.
        guard let text = unsafe atoll_error_text(code) else { return Array("unknown error".utf8) }
        // SAFETY: it is closed by NUL.
        return unsafe copy(text)
    }
}
