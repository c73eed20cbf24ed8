// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// Text being put together as bytes: what a guest loads does without `String`'s tables and without
/// Foundation.
public struct Text: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func add(_ text: StaticString) {
        // SAFETY: the literal's own bytes, which live as long as the process.
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func add(_ text: [UInt8]) { bytes += text }

    public mutating func add(_ text: Text) { bytes += text.bytes }

    public mutating func add(_ number: some BinaryInteger) {
        if number < 0 { bytes.append(0x2d) }
        var digits: [UInt8] = []
        var rest = number.magnitude
        repeat {
            digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest != 0
        bytes += digits.reversed()
    }

    /// As `printf` writes it with `%.<digits>e`: the same value gives the same text everywhere.
    public mutating func add(_ value: Double, digits: Int = 12) {
        var buffer = [CChar](repeating: 0, count: 64)
        // SAFETY: the shim writes at most the buffer's size, during the call.
        let count = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe atoll_format_double(value, Int32(min(digits, 40)), $0.baseAddress!, $0.count)
        }
        for index in 0..<Int(count) { bytes.append(UInt8(bitPattern: buffer[index])) }
    }

    /// Writes it all to a descriptor: 1 is standard output, 2 standard error.
    public func write(to descriptor: Int32 = 1) throws(Errno) {
        var done = 0
        while done < bytes.count {
            // SAFETY: the array's own bytes, from `done` to its end, during the call.
            let result = unsafe bytes.withUnsafeBytes { all in
                unsafe atoll_write(descriptor, all.baseAddress! + done, all.count - done)
            }
            if result == -Int(Errno.interrupted.code) { continue }
            done += Int(try checked(result))
        }
    }
}
