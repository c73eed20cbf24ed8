// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// Until the byte at an address of the image is not zero: for doacross loops of clang's.
@c public func atoll_kmpc_wait_byte(_ address: UInt) {
    // SAFETY: the block that holds the byte is of the heap, aligned and larger than a word.
    let words = unsafe ImageWords(at: address & ~7, count: 8)
    let shift = UInt64(address & 7) * 8
    var waiter = ImageWaiter(ThreadRecord.current)
    while words.load(0) >> shift & 0xff == 0 { waiter.step() }
    waiter.end()
}
