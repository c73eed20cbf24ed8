// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@Suite struct TextTests {
    private static func text(_ fill: (inout Text) -> Void) -> String {
        var text = Text()
        fill(&text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func piecesComeInARow() {
        let found = Self.text {
            $0.add("a literal ü, ")
            $0.add(Array("bytes ".utf8))
            var other = Text()
            other.add(7)
            $0.add(other)
        }
        #expect(found == "a literal ü, bytes 7")
    }

    @Test(arguments: [0, 1, -1, 9, 10, 1_234_567, .max, .min] as [Int64])
    func numbersAreDecimal(number: Int64) {
        #expect(Self.text { $0.add(number) } == String(number))
    }

    @Test func theLargestNumbersFit() {
        #expect(Self.text { $0.add(UInt64.max) } == "18446744073709551615")
        #expect(Self.text { $0.add(Int8.min) } == "-128")
    }

    @Test(arguments: [
        0, 1, -1.5, 0.1, 1.210356948057e-01, 1e300, .infinity, .leastNonzeroMagnitude,
    ])
    func fractionsAreAsPrintfWritesThem(value: Double) {
        #expect(Self.text { $0.add(value) } == String(format: "%.12e", value))
        #expect(Self.text { $0.add(value, digits: 40) } == String(format: "%.40e", value))
        #expect(Self.text { $0.add(value, digits: 1000) } == String(format: "%.40e", value))
    }

    @Test(
        arguments: [
            ("0", 0), ("007", 7), ("18446744073709551615", .max), ("", nil), ("-1", nil),
            ("+1", nil),
            ("1 ", nil), ("0x1", nil), ("18446744073709551616", nil),
            ("99999999999999999999999", nil),
        ] as [(String, UInt64?)])
    func decimalNumbersAreRead(text: String, number: UInt64?) {
        #expect(decimal(Array(text.utf8)) == number)
    }

    @Test func errorsHaveAText() {
        #expect(
            String(decoding: Errno.noSuchFile.text, as: UTF8.self) == "No such file or directory")
        #expect(String(decoding: Errno(code: 99_999).text, as: UTF8.self) == "unknown error")
        #expect(String(decoding: Errno(code: -1).text, as: UTF8.self) == "unknown error")
    }

    @Test(
        arguments: [
            (0, 0, nil, 0), (256, 1, nil, 1), (0xff00, 255, nil, 255), (9, nil, 9, 137),
            (139, nil, 11, 139),
            (.max, nil, 127, 255),
        ] as [(UInt32, Int32?, Int32?, Int32)])
    func aStatusIsACodeOrASignal(raw: UInt32, code: Int32?, signal: Int32?, shell: Int32) {
        let status = WaitStatus(raw: raw)
        #expect(status.exitCode == code && status.signal == signal && status.shellCode == shell)
    }

    @Test(
        arguments: [
            (1, "signal 1 (SIGHUP)"), (11, "signal 11 (SIGSEGV)"), (31, "signal 31 (SIGSYS)"),
            (32, "signal 32"), (64, "signal 64"), (0, "signal 0"),
        ] as [(Int32, String)])
    func signalsHaveNames(number: Int32, text: String) {
        #expect(String(decoding: Signal.text(number), as: UTF8.self) == text)
    }

    @Test func aStartReportIsReadWholeOrNotAtAll() {
        #expect(StartReport(reading: []).failure == nil)
        #expect(StartReport(reading: [1, 0, 0, 0, 2, 0, 0]).failure == nil)
        let all: [[UInt8]] = [
            [], [0xff], Array(repeating: 0xff, count: 8), Array(repeating: 0, count: 17),
        ]
        for bytes in all { _ = StartReport(reading: bytes) }
        #expect(StartReport(reading: Array(repeating: 0xff, count: 8)).failure == Errno(code: -1))
    }
}
