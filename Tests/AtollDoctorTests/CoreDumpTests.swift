// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Testing

@testable import AtollDoctor

@Suite struct CoreDumpTests {
    private func verdict(_ text: String?) throws -> CheckVerdict {
        let root = try HostRoot(text.map { ["etc/libvirt/qemu.conf": $0] } ?? [:])
        return withExtendedLifetime(root) { CoreDumpCheck(host: root.files).run().verdict }
    }

    @Test func `memory is left out unless qemu_conf says otherwise`() throws {
        #expect(try verdict(nil) == .ok)
        #expect(try verdict("#dump_guest_core = 1\nuser = \"root\"\n") == .ok)
        #expect(try verdict("dump_guest_core = 0\n") == .ok)
        #expect(try verdict("dump_guest_core=1\n") == .warning)
        #expect(try verdict("dump_guest_core = 0\n dump_guest_core = 1\n") == .warning)
    }
}
