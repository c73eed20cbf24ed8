// SPDX-License-Identifier: Apache-2.0
internal import CAtollGuest

/// A value of a C program's own type, of at most as many bytes as a team's block has room for.
@safe
struct CValue: BitwiseCopyable {
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)

    /// A copy of `bytes` bytes; `nil` for none and for too many.
    init?(_ value: UnsafeMutableRawPointer, _ bytes: Int) {
        guard bytes > 0, bytes <= Int(ATOLL_VALUE_BYTES) else { return nil }
        // SAFETY: the caller's variable, of so many bytes; ours has room, checked above.
        unsafe withUnsafeMutableBytes(of: &words) {
            unsafe $0.baseAddress!.copyMemory(from: value, byteCount: bytes)
        }
    }

    /// The same of what may be nothing: `nil` for too many bytes, or for some without an address.
    init?(copying value: UnsafeRawPointer?, _ bytes: Int) {
        guard bytes >= 0, bytes <= Int(ATOLL_VALUE_BYTES) else { return nil }
        guard bytes > 0 else { return }
        // SAFETY: only compared with nil here.
        guard let value = unsafe value else { return nil }
        // SAFETY: the caller's variable, of so many bytes; ours has room, checked above.
        unsafe withUnsafeMutableBytes(of: &words) {
            unsafe $0.baseAddress!.copyMemory(from: value, byteCount: bytes)
        }
    }

    func copy(to value: UnsafeMutableRawPointer, _ bytes: Int) {
        // SAFETY: as above, the other way.
        unsafe withUnsafeBytes(of: words) {
            unsafe value.copyMemory(from: $0.baseAddress!, byteCount: bytes)
        }
    }

    /// Calls `body` with the value where it is.
    mutating func lend<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
        // SAFETY: valid during the call.
        unsafe withUnsafeMutableBytes(of: &words) { unsafe body($0.baseAddress!) }
    }

    func combined(
        with other: CValue, by combine: atoll_combine, _ context: UnsafeMutableRawPointer?
    ) -> CValue {
        var (into, from) = (self, other)
        // SAFETY: the caller's function gets two values of its type, for the time of the call.
        unsafe into.lend { left in
            unsafe from.lend { right in unsafe combine(left, UnsafeRawPointer(right), context) }
        }
        return into
    }
}
