// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import AtollAPI

/// What is written by hand is what the encoder writes, byte for byte.
@Suite struct WireTests {
    /// Plain, and everything that JSON escapes or might.
    static let texts = [
        "", "vm-1", "grösse/größe", "a\"b\\c", "tab\tnew\nline\r", "\u{0}\u{1}\u{1f}\u{7f}",
        "🏝️ ring",
        "\u{2028}", "{[,]}",
    ]
    static let dates = [0, 1, 0.5, 0.999_999, 1_735_689_600.25, 4_102_444_799.9, -86_400].map {
        Date(timeIntervalSince1970: $0)
    }

    @Test(arguments: texts, dates)
    func handWrittenIsEncoded(_ text: String, _ date: Date) throws {
        let attachments = AttachmentState.allCases.enumerated().map {
            Attachment(vm: text, slot: $0, state: $1)
        }
        let regions = RegionState.allCases.map {
            Region(
                id: UUID(), name: text, group: text, size: .max, object: text, state: $0,
                created: date, attachments: attachments,
                doorbell: $0 == .creating
                    ? nil
                    : Doorbell(
                        vectors: 2, isServed: $0 == .ready,
                        cutOff: $0 == .ready ? [text, "b"] : []))
        }
        let members = MemberState.allCases.enumerated().map {
            Member(
                vm: text, uuid: UUID(), slot: $0, incarnation: .max, state: $1, vcpus: 255,
                user: $0 == 0 ? nil : .max, path: MemberPath.allCases.dropFirst($0).first)
        }
        let full = Group(
            id: UUID(), name: text, owner: .max, quota: .max, reserved: 0, created: date,
            regions: regions, members: members)
        var empty = full
        (empty.regions, empty.members) = ([], [])
        try check([full, empty])
        try check([Group]())
        try check(full)
        try check(regions)
        try check(members)
    }

    private func check<Value: Codable & Equatable>(_ value: Value) throws {
        #expect(value is any WireWritable)
        #expect(try Wire.encode(value) == Wire.encoded(value))
    }
}
