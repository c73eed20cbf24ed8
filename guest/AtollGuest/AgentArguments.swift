// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// A mistake in a command line, and how to mend it.
public struct UsageError: Error, Sendable, Equatable {
    public let message: Message
    public init(_ message: Message) { self.message = message }

    /// Of `EX_USAGE` in sysexits(3).
    public static var exitCode: Int32 { 64 }
}

/// Reads a command line word by word: options, `--name VALUE` or `--name=VALUE`, and then the rest.
public struct ArgumentReader {
    private var words: ArraySlice<[UInt8]>
    private var attached: [UInt8]?
    private var option: [UInt8] = []

    /// Without the program's own name.
    public init(_ words: ArraySlice<[UInt8]>) { self.words = words }

    /// The next option's name; `nil` where options end, at `--` or at a word that is none.
    public mutating func nextOption() throws(UsageError) -> [UInt8]? {
        if let attached {
            throw UsageError(
                "\(option) takes no value, but got '\(attached)': drop the '=' and the rest")
        }
        guard let word = words.first, word.count > 1, word[0] == 0x2d else { return nil }
        words.removeFirst()
        if word == "--".bytes { return nil }
        option = word
        if word[1] == 0x2d, let equals = word.firstIndex(of: 0x3d) {
            option = Array(word[..<equals])
            attached = Array(word[(equals + 1)...])
        }
        return option
    }

    /// The present option's value.
    public mutating func value() throws(UsageError) -> [UInt8] {
        if let value = attached {
            attached = nil
            return value
        }
        guard let value = words.first else {
            throw UsageError("\(option) needs a value: write \(option) VALUE")
        }
        words.removeFirst()
        return value
    }

    /// The present option's value, a whole number in bounds.
    public mutating func number(_ bounds: ClosedRange<Int>) throws(UsageError) -> Int {
        let text = try value()
        guard let number = Self.number(text), bounds.contains(number) else {
            throw UsageError(
                "\(option) wants a whole number from \(bounds.lowerBound) to \(bounds.upperBound), not '\(text)'"
            )
        }
        return number
    }

    /// The words that are left.
    public var rest: [[UInt8]] { Array(words) }

    public var unknown: UsageError {
        UsageError("there is no option \(option): --help lists those there are")
    }

    public static func number(_ text: [UInt8]) -> Int? {
        guard !text.isEmpty, text.count <= 18 else { return nil }
        var value = 0
        for digit in text {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    /// A size as people write it: `64M`, `2GiB`, `1048576`. `nil` where it is none.
    public static func size(_ text: [UInt8]) -> UInt64? {
        let digits = Array(text.prefix { $0 >= 0x30 && $0 <= 0x39 })
        guard let number = number(digits) else { return nil }
        let units: [(String, Int)] = [("", 0), ("k", 10), ("m", 20), ("g", 30), ("t", 40)]
        let unit = text.dropFirst(digits.count).map { $0 >= 0x41 && $0 <= 0x5a ? $0 + 32 : $0 }
        for (name, shift) in units {
            let endings = name.utf8.isEmpty ? [name, "b"] : [name, name + "b", name + "ib"]
            for ending in endings where unit == ending.bytes {
                let (result, overflow) = UInt64(number).multipliedReportingOverflow(by: 1 << shift)
                return overflow ? nil : result
            }
        }
        return nil
    }
}
