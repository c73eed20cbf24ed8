// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

@testable import atoll

@Suite struct JobPrinterTests {
    /// What the events look like on the two outputs.
    private func shown(
        _ style: JobPrinter.Style, _ events: [JobEvent], onTerminal: Bool = false,
        isRaw: Bool = false
    ) throws -> (out: String, error: String) {
        var printer = JobPrinter(
            style: style, isRaw: isRaw, terminals: (out: onTerminal, error: onTerminal))
        var out = Data()
        var error = Data()
        for event in events {
            try printer.show(event, out: { out += $0 }, error: { error += $0 })
        }
        return (String(decoding: out, as: UTF8.self), String(decoding: error, as: UTF8.self))
    }

    private func started(_ vms: String...) -> JobEvent {
        .started(
            Job(id: 1, group: "g", region: "r", arguments: ["x"], vms: vms, started: Date()))
    }

    private func output(
        _ vm: String, _ text: String, _ stream: AtollAPI.OutputStream = .stdout
    ) -> JobEvent {
        .output(vm: vm, stream: stream, data: Data(text.utf8))
    }

    @Test func `each line stands after its VM's name, in one column`() throws {
        let shown = try shown(
            .prefixed,
            [started("a", "vm10"), output("a", "1\n2\n"), output("vm10", "3\n"), output("a", "\n")])
        #expect(shown.out == "a:    1\na:    2\nvm10: 3\na:    \n")
    }

    @Test func `a last line without an end gets one`() throws {
        let shown = try shown(
            .prefixed, [started("a", "b"), output("a", "1"), output("b", "2\n3")])
        #expect(shown.out == "a: 1\nb: 2\nb: 3\n")
    }

    @Test func `stdout goes to stdout and stderr to stderr`() throws {
        let shown = try shown(
            .prefixed, [started("a"), output("a", "1\n"), output("a", "2\n", .stderr)])
        #expect(shown.out == "a: 1\n")
        #expect(shown.error == "a: 2\n")
    }

    @Test func `without prefix the bytes are as they came`() throws {
        let shown = try shown(
            .plain, [started("a", "b"), output("a", "1"), output("b", "\u{1B}2\n")])
        #expect(shown.out == "1\u{1B}2\n")
    }

    @Test func `a VM's name in the prefix is harmless`() throws {
        let shown = try shown(.prefixed, [started("\u{1B}[2J"), output("\u{1B}[2J", "x\n")])
        #expect(shown.out == "?[2J: x\n")
    }

    @Test func `a lost VM is told at once, and the reason at the end`() throws {
        let lost = try shown(.prefixed, [started("a"), .lost(vm: "a")])
        #expect(lost.error == "atoll: a: the VM is lost\n")
        let over = try shown(.plain, [.finished(status: 3, reason: "it failed")])
        #expect(over.error == "atoll: it failed\n")
        #expect(try shown(.plain, [.finished(status: 0, reason: nil)]).error.isEmpty)
    }

    @Test func `as JSON each event is one line, stderr's too`() throws {
        let events = [output("a", "1\n2\n", .stderr), .finished(status: 0, reason: nil)]
        let shown = try shown(.json, events)
        let lines = shown.out.split(separator: "\n").map { Data($0.utf8) }
        #expect(try lines.map { try Wire.decode(JobEvent.self, from: $0) } == events)
        #expect(shown.error.isEmpty)
    }

    @Test func `a terminal is shown what it would obey`() throws {
        let events = [
            started("a"), output("a", "\u{1B}]0;owned\u{7}\tx\u{9B}2J\u{202E}\n"),
            output("a", "\u{0}\u{7F}é日本\n", .stderr),
        ]
        let terminal = try shown(.prefixed, events, onTerminal: true)
        #expect(terminal.out == "a: ^[]0;owned^G\tx<U+9B>2J<U+202E>\n")
        #expect(terminal.error == "a: ^@^?é日本\n")
        let plain = try shown(.plain, events, onTerminal: true)
        #expect(plain.out == "^[]0;owned^G\tx<U+9B>2J<U+202E>\n")
        let openMP = try shown(
            .prefixed, [started("a"), .openMP(vm: "a"), output("a", "\u{1B}c")], onTerminal: true)
        #expect(openMP.out == "^[c")
    }

    @Test func `a pipe and a terminal that asks for it get the bytes`() throws {
        let events = [started("a"), output("a", "\u{1B}[31mx\u{1B}[0m\r\n")]
        #expect(try shown(.plain, events).out == "\u{1B}[31mx\u{1B}[0m\r\n")
        #expect(
            try shown(.plain, events, onTerminal: true, isRaw: true).out
                == "\u{1B}[31mx\u{1B}[0m\r\n")
    }

    @Test func `no line looks like another VM's`() throws {
        let events = [started("a", "bb"), output("a", "1%\r2%\rbb: all is well\r\n")]
        #expect(
            try shown(.prefixed, events, onTerminal: true).out
                == "a:  1%\ra:  2%\ra:  bb: all is well\r\n")
    }

    @Test func `JSON on a terminal names what it would obey`() throws {
        let events = [output("a", "\u{9B}2J\u{202E}é\u{1B}\n")]
        let terminal = try shown(.json, events, onTerminal: true)
        #expect(
            terminal.out.unicodeScalars.allSatisfy {
                !"\u{9B}\u{202E}\u{1B}".unicodeScalars.contains($0)
            })
        let line = Data(terminal.out.utf8).dropLast()
        #expect(try Wire.decode(JobEvent.self, from: Data(line)) == events[0])
    }

    @Test func `a character may come in two parts`() throws {
        let bytes = Array("日\u{9B}".utf8)
        for cut in 1..<bytes.count {
            let parts = [Data(bytes[..<cut]), Data(bytes[cut...])]
            let events = parts.map { JobEvent.output(vm: "a", stream: .stdout, data: $0) }
            #expect(try shown(.plain, [started("a")] + events, onTerminal: true).out == "日<U+9B>")
        }
        let half = [
            started("a"), JobEvent.output(vm: "a", stream: .stdout, data: Data([0x78, 0xe6])),
            .exited(vm: "a", status: 0),
        ]
        #expect(try shown(.plain, half, onTerminal: true).out == "x\\xe6")
        let invalid = JobEvent.output(
            vm: "a", stream: .stdout, data: Data([0x9b, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x41]))
        #expect(
            try shown(.plain, [started("a"), invalid], onTerminal: true).out
                == "\\x9b\\xff\\xc0\\x80\\xed\\xa0\\x80A")
    }
}
