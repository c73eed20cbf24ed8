// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A number that tells contents apart: the same bytes give the same number on every machine. Fast, and
/// no defence against somebody who wants two files to look alike.
public struct Digest: Sendable, Equatable {
    private var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    private var count: UInt64 = 0

    public init() {}

    public var value: UInt64 {
        var word = state ^ count
        word = (word ^ word >> 33) &* 0xff51_afd7_ed55_8ccd
        word = (word ^ word >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return word ^ word >> 33
    }

    /// More bytes, in parts of a multiple of 8 all but the last.
    public mutating func add(_ bytes: [UInt8]) {
        var state = self.state
        // SAFETY: loads stay within the array; no alignment is assumed.
        unsafe bytes.withUnsafeBytes { all in
            var at = 0
            while at + 8 <= all.count {
                let word = unsafe all.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                state = Self.mix(state, UInt64(littleEndian: word))
                at += 8
            }
            var last: UInt64 = 0
            while at < all.count {
                last = last << 8 | UInt64(unsafe all[at])
                at += 1
            }
            state = Self.mix(state, last)
        }
        self.state = state
        count &+= UInt64(bytes.count)
    }

    @inline(__always)
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* 0x9fb2_1c65_1e98_df25
        return product ^ product >> 29
    }

    /// Of a whole file.
    public init(of file: borrowing OwnedFD) throws(Errno) {
        self.init()
        var offset: UInt64 = 0
        while true {
            let part = try file.read(atMost: 256 << 10, from: offset)
            if part.isEmpty { return }
            add(part)
            offset += UInt64(part.count)
        }
    }
}

extension OwnedFD {
    /// Reads at a place in the file, and moves nothing; fewer bytes at its end alone.
    public borrowing func read(atMost limit: Int, from offset: UInt64) throws(Errno) -> [UInt8] {
        guard offset <= UInt64(Int64.max) else { throw .invalidArgument }
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            // SAFETY: the shim fills the array from `filled` on, at most to its end, during the call.
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe atoll_read_at(
                    raw, $0.baseAddress! + filled, limit - filled, offset + UInt64(filled))
            }
            if try checked(count) == 0 { break }
            filled += count
        }
        bytes.removeLast(limit - filled)
        return bytes
    }
}
