// SPDX-License-Identifier: Apache-2.0
import AtollSync
import CAtollABI
import Testing

struct OwnerTests {
    @Test func wordsAreThoseOfTheHeader() throws {
        let owner = Owner(slot: 63, incarnation: 0x12345, thread: 0x3fff_fffe)
        #expect(owner.word == 64 | 0x2345 << 16 | 0x3fff_fffe << 32)
        #expect(owner.slot == 63)
        #expect(owner.incarnation == 0x2345)
        #expect(owner.thread == 0x3fff_fffe)
        #expect(Owner(in: owner.word | 1 << 62 | 1 << 63) == owner)
        #expect(Owner(in: 1 << 63) == nil)
        // ATOLL_OWNER_WAITERS and ATOLL_OWNER_POISONED: Swift does not see shifted macros.
        #expect(Owner.waitersBit == 1 << 62)
        #expect(Owner.poisonedBit == 1 << 63)
        #expect(ATOLL_OWNER_SLOT_SHIFT == 0)
        #expect(ATOLL_OWNER_INCARNATION_SHIFT == 16)
        #expect(ATOLL_OWNER_THREAD_SHIFT == 32)
    }
}
