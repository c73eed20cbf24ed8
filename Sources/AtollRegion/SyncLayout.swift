// SPDX-License-Identifier: Apache-2.0

/// Where the fields lie that all synchronisation objects begin with: `struct atoll_sync` of the
/// layout's header, a second time, since code that others inline cannot take it from there. A test
/// compares the two.
public enum SyncLayout {
    @inlinable public static var word: Int { 0 }
    @inlinable public static var aux0: Int { 8 }
    @inlinable public static var aux1: Int { 16 }
    @inlinable public static var acquisitions: Int { 24 }
    @inlinable public static var contended: Int { 32 }
    @inlinable public static var waitNanoseconds: Int { 40 }
    @inlinable public static var waiters: Int { 48 }
    @inlinable public static var deaths: Int { 56 }
    @inlinable public static var waits: Int { 64 }
    /// Of the head that all kinds have.
    @inlinable public static var bytes: Int { 128 }
    /// Of the histogram of waits.
    @inlinable public static var buckets: Int { 16 }
    @inlinable public static var line: Int { 64 }

    /// The bucket that counts waits of so many nanoseconds: 2^k to 2^(k+1) microseconds, the first
    /// shorter ones too, the last longer ones too.
    @inlinable
    public static func bucket(nanoseconds: UInt64) -> Int {
        let microseconds = nanoseconds / 1000
        guard microseconds > 1 else { return 0 }
        return min(63 - microseconds.leadingZeroBitCount, buckets - 1)
    }
}
