// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import Foundation
import Testing

@testable import atoll

@Suite struct SupportTests {
    @Test func `a table is as wide as what is in it`() {
        var table = Table("NAME", ">SIZE", "STATE")
        table.add("a", "64 MiB", "ready")
        table.add("a-long-name", "1 GiB", "")
        #expect(
            table.lines == [
                "NAME           SIZE  STATE",
                "a            64 MiB  ready",
                "a-long-name   1 GiB",
            ])
    }

    @Test func `an empty table has its header`() {
        #expect(Table("NAME", ">SIZE").lines == ["NAME  SIZE"])
    }

    @Test(arguments: [
        ("vm-1", "vm-1"), ("grüß 日本", "grüß 日本"), ("a\u{1B}[31mb", "a?[31mb"),
        ("a\nb\rc\td", "a?b?c?d"), ("a\u{9B}b\u{7F}", "a?b?"), ("a\u{202E}b\u{2028}", "a?b?"),
        ("\u{0}", "?"),
    ])
    func `a terminal has nothing to obey in a name`(name: String, shown: String) {
        #expect(name.printable == shown)
    }

    @Test func `a name of a VM reaches no table as it is`() {
        var table = Table("VM")
        table.add("\u{1B}]0;owned\u{7}")
        #expect(table.lines[1] == "?]0;owned?")
        #expect(Facts([("vm", "\u{1B}c")]).lines == ["vm:  ?c"])
    }

    @Test func `every code has an exit code of the table`() {
        for code in ErrorCode.allCases {
            let exit = APIError(code: code, message: "").exitCode.rawValue
            #expect((1...5).contains(exit), "\(code)")
        }
        #expect(APIError(code: .noSuchVM, message: "").exitCode.rawValue == 2)
        #expect(APIError(code: .daemonUnreachable, message: "").exitCode.rawValue == 3)
        #expect(APIError(code: .notPermitted, message: "").exitCode.rawValue == 4)
        #expect(APIError(code: .hypervisorUnreachable, message: "").exitCode.rawValue == 5)
        #expect(APIError(code: .quotaExceeded, message: "").exitCode.rawValue == 1)
    }
}
