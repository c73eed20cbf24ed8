// SPDX-License-Identifier: Apache-2.0

/// The error of a system call: its number, as `errno(3)` names them.
public struct Errno: Error, Equatable, Sendable {
    public let code: Int32

    @inlinable
    public init(code: Int32) { self.code = code }

    public static var notPermitted: Errno { Errno(code: 1) }
    public static var noSuchFile: Errno { Errno(code: 2) }
    public static var noSuchProcess: Errno { Errno(code: 3) }
    public static var interrupted: Errno { Errno(code: 4) }
    public static var inputOutput: Errno { Errno(code: 5) }
    public static var tryAgain: Errno { Errno(code: 11) }
    public static var noMemory: Errno { Errno(code: 12) }
    public static var accessDenied: Errno { Errno(code: 13) }
    public static var badAddress: Errno { Errno(code: 14) }
    public static var busy: Errno { Errno(code: 16) }
    public static var exists: Errno { Errno(code: 17) }
    public static var noSuchDevice: Errno { Errno(code: 19) }
    public static var invalidArgument: Errno { Errno(code: 22) }
    /// The device knows no such call.
    public static var notATerminal: Errno { Errno(code: 25) }
    public static var noSpace: Errno { Errno(code: 28) }
    public static var tooManyLinks: Errno { Errno(code: 40) }
    /// The file has no such attribute.
    public static var noData: Errno { Errno(code: 61) }
    public static var addressInUse: Errno { Errno(code: 98) }
    /// Too many descriptors are on their way through sockets.
    public static var tooManyReferences: Errno { Errno(code: 109) }
    public static var notSupported: Errno { Errno(code: 95) }
    public static var timedOut: Errno { Errno(code: 110) }
}

/// Turns a shim's answer, a result or -errno, into a result or a thrown ``Errno``.
@inlinable
func checked<T: SignedInteger>(_ result: T) throws(Errno) -> T {
    if result < 0 { throw Errno(code: Int32(-result)) }
    return result
}
