// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// Blocks of the image for the core's own use: addresses.
enum CoreHeap {
    static func zeroed(_ bytes: UInt64) -> UInt64 {
        let rounded = (bytes + 7) & ~7
        let offset = atoll_core_allocate(rounded)
        if offset == 0 { return 0 }
        let block = DoacrossTable(Int(truncatingIfNeeded: offset))
        var field = 0
        while field < Int(rounded) {
            block.set(field, UInt64(0))
            field += 8
        }
        return UInt64(block.address)
    }

    static func free(_ address: UInt64) { atoll_core_free(address) }
}
