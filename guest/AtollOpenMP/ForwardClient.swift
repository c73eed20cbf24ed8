// SPDX-License-Identifier: Apache-2.0
//
// C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollRegion
internal import CAtollOpenMP

/// Hands a request to rank 0 and waits until it is served there.
@c
func atoll_io_ask(_ address: UInt64, _ flags: UInt64) {
    // SAFETY: a request is on the caller's stack, in the image, until the caller goes on.
    let request = unsafe ImageWords(at: UInt(address), count: 128)
    var patience = ForwardPatience(looks: atoll_io_get_looks())
    let mailbox = atoll_io_get_mailbox()
    if mailbox != 0 {
        // SAFETY: a mailbox is a block of the heap that stays while this thread holds a stream's lock.
        let word = unsafe ImageWords(at: UInt(mailbox), count: 64)
        word.store(address | flags, at: 0)
        Bell.rouse()
    } else {
        let start = Int(truncatingIfNeeded: (address >> 12) % UInt64(ForwardSlots.count))
        while !ForwardSlots.post(address | flags, from: start) { patience.wait() }
    }
    while request.load(0) == 0 {
        patience.wait()
        if patience.naps { atoll_io_waits(address) }
    }
    patience.end()
    atoll_io_set_looks(patience.looks)
}
