// SPDX-License-Identifier: Apache-2.0

/// Bytes that become choices. There are always more: past the end come zeros.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func number(below limit: Int) -> Int {
        let wide = limit > 256 ? Int(byte()) << 8 : 0
        return (wide | Int(byte())) % limit
    }

    /// A word of few bytes of input: hostile values are small, huge, or one off a limit.
    mutating func word() -> UInt64 {
        let kind = byte()
        let value = UInt64(byte())
        switch kind & 7 {
        case 0: return value
        case 1: return .max - value
        case 2: return 1 << (value & 63)
        case 3: return (1 << (value & 63)) &- 1
        case 4: return value << 8 | UInt64(byte())
        case 5: return UInt64(byte()) << 32 | value
        case 6: return (UInt64(byte()) << 20) &+ value
        default: return (0..<7).reduce(value) { so, _ in so << 8 | UInt64(byte()) }
        }
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }
}
