// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Numbers of signals; the same on all processors that Atoll runs on.
public enum Signal {
    public static var hangUp: Int32 { 1 }
    public static var interrupt: Int32 { 2 }
    public static var quit: Int32 { 3 }
    public static var kill: Int32 { 9 }
    public static var user1: Int32 { 10 }
    public static var user2: Int32 { 12 }
    public static var brokenPipe: Int32 { 13 }
    public static var terminate: Int32 { 15 }
    public static var child: Int32 { 17 }
    public static var terminalStop: Int32 { 20 }
    public static var terminalInput: Int32 { 21 }

    /// To a process, or to a process group where `process` is negative. 0 only asks whether it is
    /// there.
    public static func send(_ signal: Int32, to process: Int32) throws(Errno) {
        _ = try checked(atoll_kill(process, signal))
    }

    /// Whether whoever started this process had it ignore the signal, as nohup(1) does.
    public static func isIgnored(_ signal: Int32) -> Bool { atoll_signal_is_ignored(signal) }

    /// A write to a pipe that nobody reads then fails, instead of ending this process.
    public static func ignoreBrokenPipes() { atoll_ignore_broken_pipes() }
}

/// Signals that are read from a descriptor, between other work, instead of interrupting it.
public struct SignalInbox: ~Copyable {
    private let fd: OwnedFD

    /// From now on these signals do nothing else, in threads that begin later too.
    public init(_ signals: [Int32]) throws(Errno) {
        // SAFETY: the shim reads the numbers during the call only.
        let result = unsafe signals.withUnsafeBufferPointer {
            unsafe atoll_signal_fd($0.baseAddress, $0.count)
        }
        fd = OwnedFD(taking: try checked(result))
    }

    /// To wait for.
    public var descriptor: Int32 { fd.raw }

    /// The next one, if any has come.
    public func next() -> Int32? {
        let result = atoll_signal_next(fd.raw)
        return result > 0 ? result : nil
    }
}
