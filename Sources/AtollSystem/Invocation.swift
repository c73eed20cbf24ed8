// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// What the process was started with. Bytes, since neither needs to be UTF-8.
public enum Invocation {
    /// The arguments, the program's name not among them.
    public static var arguments: [[UInt8]] {
        let count = atoll_argument_count()
        var result: [[UInt8]] = []
        var index: Int32 = 1
        while index < count {
            // SAFETY: the C library's own copy, which lives as long as the process.
            result.append(unsafe bytes(atoll_argument(index)) ?? [])
            index += 1
        }
        return result
    }

    /// A variable of the environment; `nil` where it is not set.
    public static func variable(_ name: String) -> [UInt8]? {
        // SAFETY: the shim reads the name during the call; the value is copied at once.
        unsafe name.withCString { unsafe bytes(atoll_environment($0)) }
    }

    /// The whole environment, as `NAME=VALUE`.
    public static var variables: [[UInt8]] {
        var result: [[UInt8]] = []
        // SAFETY: the shim gives strings of the process's environment, which nobody changes meanwhile.
        while let variable = unsafe bytes(atoll_environment_at(Int32(result.count))) {
            result.append(variable)
        }
        return result
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        // SAFETY: only compared with nil here.
        guard let text = unsafe text else { return nil }
        var result: [UInt8] = []
        var index = 0
        // SAFETY: a C string: readable up to its NUL.
        while true {
            let byte = unsafe UInt8(bitPattern: text[index])
            if byte == 0 { return result }
            result.append(byte)
            index += 1
        }
    }
}

/// A whole decimal number without sign; `nil` where the text is anything else or too large.
public func decimal(_ text: [UInt8]) -> UInt64? {
    guard !text.isEmpty else { return nil }
    var value: UInt64 = 0
    for digit in text {
        guard digit >= 0x30, digit <= 0x39 else { return nil }
        let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = product.addingReportingOverflow(UInt64(digit - 0x30))
        if tooLarge || overflow { return nil }
        value = sum
    }
    return value
}
