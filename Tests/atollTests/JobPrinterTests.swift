// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

@testable import atoll

@Suite struct JobPrinterTests {
    /// What the events look like on the two outputs.
    private func shown(_ style: JobPrinter.Style, _ events: [JobEvent]) throws -> (
        out: String, error: String
    ) {
        var printer = JobPrinter(style: style)
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
}
