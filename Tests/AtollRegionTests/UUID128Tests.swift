// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

@Suite struct UUID128Tests {
    static let printed = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    static let value = UUID128(high: 0x6ba7_b810_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)

    @Test(arguments: [
        printed, "6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b8109dad11d180b400c04fd430c8",
        printed + "\n", printed + " and more",
    ])
    func isReadFrom(text: String) {
        #expect(UUID128(text: Array(text.utf8)) == Self.value)
    }

    @Test(arguments: [
        "", "-", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "g" + printed.dropFirst(),
        " " + printed, "6ba7b810-9dad-11d1-80b4-00c04fd430c\n8",
        "6ba7b810-9dad_11d1-80b4-00c04fd430c8",
    ])
    func isNotReadFrom(text: String) {
        #expect(UUID128(text: Array(text.utf8)) == nil)
    }

    @Test func bytesStandAsPrinted() {
        #expect(
            Self.value.bytes == [
                0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
            ])
        #expect(UUID128(bytes: Self.value.bytes) == Self.value)
    }

    @Test func isPrintedInLowerCaseWithHyphens() {
        #expect(String(decoding: Self.value.text, as: UTF8.self) == Self.printed)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func whatIsPrintedIsRead(seed: UInt64) {
        var random = Seeded(seed)
        let uuid = UUID128(high: random.next(), low: random.next())
        #expect(UUID128(text: uuid.text) == uuid)
        #expect(UUID128(bytes: uuid.bytes) == uuid)
    }
}
