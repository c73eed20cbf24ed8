// SPDX-License-Identifier: Apache-2.0

extension Signal {
    /// As signal(7) numbers them on x86-64 and 64-bit ARM, from 1 on.
    private static var names: [String] {
        [
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
            "USR2",
            "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
            "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
        ]
    }

    /// What sentences call a signal: `signal 11 (SIGSEGV)`.
    public static func text(_ number: Int32) -> [UInt8] {
        var text = Array("signal ".utf8)
        var digits: [UInt8] = []
        var rest = number.magnitude
        repeat {
            digits.append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        text += digits.reversed()
        if number > 0, number <= names.count {
            text += Array(" (SIG".utf8) + Array(names[Int(number) - 1].utf8) + [0x29]
        }
        return text
    }

    /// Whether a shell says so when it ends a program: the user has sent the one, and nobody wants to
    /// read more of a program that the other ends.
    public static func isWorthSaying(_ number: Int32) -> Bool {
        number != interrupt && number != brokenPipe
    }
}
