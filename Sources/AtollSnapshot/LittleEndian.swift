// SPDX-License-Identifier: Apache-2.0

/// Fields of the format: fixed width, least significant byte first.
enum LittleEndian {
    static func put<Value: FixedWidthInteger>(
        _ value: Value, _ bytes: inout [UInt8], at offset: Int
    ) {
        for index in 0..<(Value.bitWidth / 8) {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Value(8 * index))
        }
    }

    /// - Parameter bytes: at least `offset` and the value's width.
    static func get<Value: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Value {
        (0..<(Value.bitWidth / 8)).reduce(Value(0)) { value, index in
            value | Value(truncatingIfNeeded: bytes[bytes.startIndex + offset + index])
                << Value(8 * index)
        }
    }
}
