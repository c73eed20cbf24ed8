// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// Where threads of other ranks put their calls for rank 0: in the image's header, a word that says
/// which slots to look at, and 48 slots, each with a request's address and, in its low bits, what is
/// known of it.
///
/// A slot is free again as soon as somebody serves what was in it, so that few serve any number of
/// threads, blocked ones too. A request belongs to whoever swaps its slot to 0.
enum ForwardSlots {
    static let count = 48
    /// Of `struct atoll_image`'s field `io`: the mask first, then the slots, from the second line on.
    static var mask: Int { 2816 }
    static func slot(_ index: Int) -> Int { mask + 64 + index * 8 }
    static let flags: UInt64 = 63

    // SAFETY: the header of the image is mapped until the process ends; these words are touched by
    // atomic operations alone.
    static var words: ImageWords { unsafe ImageWords(at: ImageWords.base, count: 4096) }

    /// Puts a request into a free slot, from `start` on; false: there is none.
    static func post(_ request: UInt64, from start: Int) -> Bool {
        for step in 0..<count {
            let index = (start + step) % count
            guard words.loadRelaxed(slot(index)) == 0,
                words.compareExchange(0, request, at: slot(index)) == 0
            else { continue }
            change { $0 | 1 << UInt64(index) }
            atoll_io_bell_ring()
            return true
        }
        return false
    }

    /// Takes a request out, for whoever may serve any; 0: there is none.
    static func take() -> UInt64 {
        var seen = words.load(mask)
        while seen != 0 {
            let bit = seen & (0 &- seen)
            // First the bit: whoever fills the slot later sets it again.
            change { $0 & ~bit }
            let request = words.exchange(0, at: slot(bit.trailingZeroBitCount))
            if request != 0 { return request }
            seen = words.load(mask)
        }
        return 0
    }

    /// Takes a request out that cannot block.
    static func takeQuick() -> UInt64 {
        var seen = words.load(mask)
        while seen != 0 {
            let index = seen.trailingZeroBitCount
            seen &= seen - 1
            let request = words.load(slot(index))
            if request & UInt64(ATOLL_IO_QUICK) != 0,
                words.compareExchange(request, 0, at: slot(index)) == request
            {
                return request
            }
        }
        return 0
    }

    /// Runs a request in this process and tells its thread.
    static func answer(_ address: UInt64) {
        atoll_io_run(address)
        // SAFETY: the request stays until its thread sees this word change.
        let request = unsafe ImageWords(at: UInt(address), count: 128)
        request.store(1, at: 0)
        Bell.rouse()
    }

    private static func change(_ body: (UInt64) -> UInt64) {
        var seen = words.loadRelaxed(mask)
        while true {
            let found = words.compareExchange(seen, body(seen), at: mask)
            if found == seen { return }
            seen = found
        }
    }
}
