// SPDX-License-Identifier: Apache-2.0

/// The two lines that every named object of synchronisation begins with, so that the host can show any
/// of them, as `struct atoll_sync` of `atoll_abi.h` has them.
@usableFromInline
enum SyncLines {
    /// How often a thread had to clear up after a dead one.
    @inlinable static var deaths: Int { 56 }
}
