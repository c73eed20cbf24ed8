// SPDX-License-Identifier: Apache-2.0

/// The strings of a job: where, what and with which environment.
public struct JobPayload: Sendable, Equatable {
    /// Empty: the agent's choice.
    public var directory: [UInt8]
    public var arguments: [[UInt8]]
    /// `NAME=VALUE`.
    public var environment: [[UInt8]]

    public init(directory: [UInt8], arguments: [[UInt8]], environment: [[UInt8]]) {
        self.directory = directory
        self.arguments = arguments
        self.environment = environment
    }

    /// The bytes of the job board; `nil` where a string holds a NUL or there is no program.
    public var encoded: [UInt8]? {
        guard let program = arguments.first, !program.isEmpty else { return nil }
        var bytes: [UInt8] = []
        func add(_ string: [UInt8]) -> Bool {
            guard !string.contains(0) else { return false }
            bytes += string
            bytes.append(0)
            return true
        }
        var whole = add(directory)
        for list in [arguments, environment] {
            whole = whole && add(Self.decimal(list.count))
            for string in list { whole = whole && add(string) }
        }
        return whole ? bytes : nil
    }

    /// `nil` where the bytes, which anybody in the group could have written, are not a payload.
    public init?(decoding bytes: [UInt8]) {
        var rest = bytes[...]
        func next() -> [UInt8]? {
            guard let end = rest.firstIndex(of: 0) else { return nil }
            let string = Array(rest[..<end])
            rest = rest[(end + 1)...]
            return string
        }
        func list() -> [[UInt8]]? {
            guard let text = next(), let count = Self.number(text), count <= rest.count else {
                return nil
            }
            var result: [[UInt8]] = []
            for _ in 0..<count {
                guard let string = next() else { return nil }
                result.append(string)
            }
            return result
        }
        guard let directory = next(), let arguments = list(), !arguments.isEmpty,
            !arguments[0].isEmpty, let environment = list(), rest.isEmpty
        else { return nil }
        self.init(directory: directory, arguments: arguments, environment: environment)
    }

    static func decimal(_ value: Int) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = value
        repeat {
            digits.insert(0x30 + UInt8(rest % 10), at: 0)
            rest /= 10
        } while rest > 0
        return digits
    }

    private static func number(_ text: [UInt8]) -> Int? {
        guard !text.isEmpty, text.count <= 9 else { return nil }
        var value = 0
        for digit in text {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}
