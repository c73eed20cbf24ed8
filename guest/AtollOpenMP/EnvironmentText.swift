// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// A variable's text, read from left to right. Spaces and letters are those of the C locale: no
/// program has called setlocale() yet.
struct EnvironmentText {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The variable's value; nil: it is not set.
    init?(variable name: StaticString) {
        // SAFETY: a static string ends in zero; the environment's strings do too, and nobody else runs.
        guard
            let value = unsafe atoll_variable(
                name.utf8Start.withMemoryRebound(
                    to: CChar.self, capacity: name.utf8CodeUnitCount + 1
                ) { unsafe $0 })
        else { return nil }
        var bytes: [UInt8] = []
        var index = 0
        // SAFETY: as above: up to its zero.
        while unsafe value[index] != 0 {
            unsafe bytes.append(UInt8(bitPattern: value[index]))
            index += 1
        }
        self.bytes = bytes
    }

    /// 0 at the end.
    var next: UInt8 { position < bytes.count ? bytes[position] : 0 }
    var isAtEnd: Bool { position >= bytes.count }

    mutating func skipSpaces() {
        while next == 0x20 || (next >= 0x09 && next <= 0x0d) { position += 1 }
    }

    /// Spaces, then nothing else.
    mutating func isOnlySpaceLeft() -> Bool {
        skipSpaces()
        return isAtEnd
    }

    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard !isAtEnd, next == UInt8(truncatingIfNeeded: byte.value) else { return false }
        position += 1
        return true
    }

    /// A word, whatever the case of its letters; what follows it is not looked at.
    mutating func take(word: StaticString) -> Bool {
        guard position + word.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            // SAFETY: within the static string's length.
            let wanted = unsafe word.utf8Start[index]
            guard Self.lowered(bytes[position + index]) == wanted else { return false }
        }
        position += word.utf8CodeUnitCount
        return true
    }

    static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
    }

    /// As strtoul(): spaces, a sign, digits. Nil: no digit, or more than 64 bits.
    mutating func takeNumber() -> Int? {
        let start = position
        skipSpaces()
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        var value: UInt64 = 0
        var isAny = false
        while next >= 0x30 && next <= 0x39 {
            let (tens, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tens.addingReportingOverflow(UInt64(next - 0x30))
            if isOver || isOverToo { return nil }
            value = sum
            isAny = true
            position += 1
        }
        if !isAny {
            position = start
            return nil
        }
        let number = Int(truncatingIfNeeded: value)
        return isNegative ? 0 &- number : number
    }
}
