// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// Where a thread may run: its own place, and the partition that its regions' threads get places of
/// (OpenMP 5.1, section 2.6.2).
struct PlaceRange {
    /// The partition: the first place, and how many.
    var first: Int
    var count: Int
    /// Nil: the thread is not bound.
    var own: Int?

    init(word: UInt64) {
        first = Int(word & 0xffff)
        count = Int(word >> 16 & 0xffff)
        let number = Int(word >> 32 & 0xffff)
        own = number == 0 ? nil : number - 1
    }
}

extension ThreadRecord {
    /// Of the calling thread; see ``Places``.
    var placeRange: PlaceRange { PlaceRange(word: place) }
}
