// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

@Suite struct JobPayloadTests {
    private static func payload(_ directory: String, _ arguments: [String], _ environment: [String])
        -> JobPayload
    {
        JobPayload(
            directory: Array(directory.utf8), arguments: arguments.map { Array($0.utf8) },
            environment: environment.map { Array($0.utf8) })
    }

    @Test func theBytesAreThese() {
        let payload = Self.payload("/tmp", ["sh", "-c", ""], ["A=1"])
        #expect(payload.encoded == Array("/tmp\u{0}3\u{0}sh\u{0}-c\u{0}\u{0}1\u{0}A=1\u{0}".utf8))
        #expect(Self.payload("", ["x"], []).encoded == Array("\u{0}1\u{0}x\u{0}0\u{0}".utf8))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func whatIsEncodedIsDecoded(seed: UInt64) throws {
        var random = Seeded(seed)
        func strings(_ least: Int) -> [[UInt8]] {
            (0..<Int.random(in: least...12, using: &random)).map { _ in
                (0..<Int.random(in: 1...30, using: &random)).map { _ in
                    UInt8.random(in: 1...255, using: &random)
                }
            }
        }
        let payload = JobPayload(
            directory: strings(1)[0], arguments: strings(1), environment: strings(0))
        let bytes = try #require(payload.encoded)
        #expect(JobPayload(decoding: bytes) == payload)
        // No shorter and no longer text is a payload.
        for count in 0..<bytes.count {
            #expect(JobPayload(decoding: Array(bytes[..<count])) == nil)
        }
        #expect(JobPayload(decoding: bytes + [0]) == nil)
        #expect(JobPayload(decoding: bytes + [0x61]) == nil)
    }

    @Test func manyStringsAreCountedInDecimal() throws {
        for count in [9, 10, 11, 99, 100, 1000] {
            let payload = Self.payload("", Array(repeating: "a", count: count), [])
            #expect(JobPayload(decoding: try #require(payload.encoded)) == payload)
        }
    }

    @Test func nothingToStartIsNoPayload() {
        #expect(Self.payload("/", [], []).encoded == nil)
        #expect(Self.payload("/", [""], []).encoded == nil)
    }

    @Test func aNulInAStringIsNoPayload() {
        #expect(Self.payload("/\u{0}", ["a"], []).encoded == nil)
        #expect(Self.payload("/", ["a", "b\u{0}c"], []).encoded == nil)
        #expect(Self.payload("/", ["a"], ["\u{0}"]).encoded == nil)
    }

    @Test(arguments: [
        "", "\u{0}", "\u{0}1\u{0}", "\u{0}0\u{0}0\u{0}", "\u{0}1\u{0}\u{0}0\u{0}",
        "\u{0}x\u{0}a\u{0}0\u{0}", "\u{0}-1\u{0}a\u{0}0\u{0}", "\u{0}\u{0}a\u{0}0\u{0}",
        "\u{0}1\u{0}a\u{0}1\u{0}", "\u{0}1\u{0}a\u{0}0", "\u{0}1\u{0}a", "\u{0}2\u{0}a\u{0}0\u{0}",
        // Counts that no memory could hold.
        "\u{0}999999999\u{0}a\u{0}0\u{0}", "\u{0}9223372036854775807\u{0}a\u{0}0\u{0}",
        "\u{0}9223372036854775808\u{0}a\u{0}0\u{0}", "\u{0}18446744073709551616\u{0}a\u{0}0\u{0}",
        "\u{0}00000000000000000000000000000000001\u{0}a\u{0}0\u{0}",
    ])
    func hostileBytesAreNoPayload(text: String) {
        #expect(JobPayload(decoding: Array(text.utf8)) == nil)
    }

    @Test func whateverDecodesEncodesToTheSame() throws {
        var random = Seeded(1)
        let whole = try #require(
            Self.payload("/tmp", ["sh", "-c", "echo"], ["A=1", "B=2"]).encoded)
        var decoded = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    [0, 0x30, 0x31, 0x39, 0xff].randomElement(using: &random)!
            }
            guard let payload = JobPayload(decoding: bytes) else { continue }
            decoded += 1
            // But for zeros before a count, which mean the same.
            #expect(JobPayload(decoding: try #require(payload.encoded)) == payload)
        }
        #expect(decoded > 100)
    }
}
