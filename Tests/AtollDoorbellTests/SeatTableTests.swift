// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import atoll_doorbell

@Suite struct SeatTableTests {
    private static let id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

    @Test func aTableNamesVMsAndProcesses() {
        let table = SeatTable(Array("3 vm \(Self.id)\n0 process 77\n5 process 77\n".utf8))
        #expect(table.slots(process: 1, vm: Self.id) == [3])
        #expect(table.slots(process: 77, vm: nil) == [0, 5])
        #expect(table.slots(process: 78, vm: nil) == [])
        #expect(table.slots(process: 78, vm: "6ba7b810-9dad-11d1-80b4-00c04fd430c9") == [])
    }

    @Test(arguments: [
        "", "\n\n", "x vm a", "65536 vm a", "-1 vm a", "1 vm", "1 vm a b", "1 guest a",
        "1 process x", "1 process 0", "1 process -5", "\u{0}\u{1}\u{2}",
    ])
    func anythingElseNamesNobody(_ text: String) {
        #expect(SeatTable(Array(text.utf8)).seats.isEmpty)
    }

    @Test func aVMIsKnownByItsCommandLine() {
        let upper = Self.id.uppercased()
        let line = { (words: [String]) in Array(words.joined(separator: "\u{0}").utf8) }
        #expect(vm(commandLine: line(["qemu", "-uuid", upper, "-S", ""])) == Self.id)
        #expect(vm(commandLine: line(["qemu", "-name", "-uuidx", Self.id])) == nil)
        #expect(vm(commandLine: line(["qemu", "-uuid"])) == nil)
        #expect(vm(commandLine: line(["qemu", "-uuid", "short"])) == nil)
        #expect(vm(commandLine: []) == nil)
    }
}
