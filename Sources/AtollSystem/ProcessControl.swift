// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// What `waitpid(2)` says of an ended process.
public struct WaitStatus: Sendable, Equatable {
    public let raw: UInt32
    public init(raw: UInt32) { self.raw = raw }

    public static func killed(by signal: Int32) -> WaitStatus { WaitStatus(raw: UInt32(signal)) }

    /// `nil` where a signal ended it.
    public var exitCode: Int32? { raw & 0x7f == 0 ? Int32(raw >> 8 & 0xff) : nil }
    public var signal: Int32? { raw & 0x7f == 0 ? nil : Int32(raw & 0x7f) }
    /// As a shell would give it: the code, or 128 and the signal.
    public var shellCode: Int32 { exitCode ?? 128 + (signal ?? 0) }
}

/// Processes that this one started.
public enum Child {
    /// Whether it has ended and waits for ``reap(_:)``. Until then its number stays its own.
    public static func hasEnded(_ pid: Int32) -> Bool { atoll_has_ended(pid) != 0 }

    public static func reap(_ pid: Int32) throws(Errno) -> WaitStatus {
        var status: UInt32 = 0
        // SAFETY: the shim fills the number during the call only.
        _ = try checked(unsafe atoll_reap(pid, &status))
        return WaitStatus(raw: status)
    }

    /// Goes on in two processes; 0 in the child. For a process with one thread.
    public static func fork() throws(Errno) -> Int32 { try checked(atoll_fork()) }
}

/// This process.
public enum Current {
    /// Ends it at once, without a look back.
    public static func exit(_ code: Int32) -> Never { atoll_exit(code) }

    /// Away from the terminal and its signals.
    public static func beginSession() throws(Errno) { _ = try checked(atoll_new_session()) }

    /// Away from whoever started it, too: what it reads is empty, and what it says nobody hears.
    public static func silence() throws(Errno) {
        let nowhere = try OwnedFD(opening: "/dev/null", [.write, .followsLinks])
        for standard in Int32(0)...2 {
            _ = try checked(atoll_replace(nowhere.raw, standard))
        }
    }

    /// Has the kernel send `signal` when `parent`, which made this process, dies.
    public static func dieWithParent(_ signal: Int32, parent: Int32) throws(Errno) {
        _ = try checked(atoll_die_with_parent(signal, parent))
    }

    public static var directory: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        // SAFETY: the shim fills at most the array during the call.
        let count = unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe atoll_working_directory($0.baseAddress, $0.count)
        }
        return count > 0 ? Array(bytes.prefix(count)) : []
    }
}

/// The strings in a row of closed ones.
func strings(_ row: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var rest = row[...]
    while let end = rest.firstIndex(of: 0) {
        result.append(Array(rest[..<end]))
        rest = rest[(end + 1)...]
    }
    return result
}

/// The bytes of a closed string, without the NUL.
func copy(_ text: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var at = 0
    // SAFETY: the caller's string is closed by NUL, where this ends.
    while unsafe text[at] != 0 {
        bytes.append(UInt8(bitPattern: unsafe text[at]))
        at += 1
    }
    return bytes
}
