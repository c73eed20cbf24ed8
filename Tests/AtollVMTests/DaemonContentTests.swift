// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests.Daemons {
    /// What VMs have written is of one moment, comes back whole, and the VMs go on.
    @Test func aRegionOfRunningVMsIsSavedAndRestored() async throws {
        let file = daemon.directory + "/content.atoll"
        try await stage.withGroup {
            try await lab.guest("a", pokes: "0x00C0FFEE", intoRegionOf: 16)
            // A job that goes on over the pause, and a word that changes all the time.
            let job = try stage.run("--vms", "1", "--", "sh", "-c", "sleep 3; echo done")
            try await daemon.order("region", "snapshot", "g", "r", file)
            for vm in ["a", "b"] {
                #expect(try await lab.virsh("domstate", vm).hasPrefix("running"))
            }
            let ending = try await job.ending()
            #expect(ending.code == 0 && ending.text == "a: done\n", "\(ending.errorText)")

            let before = try await daemon.member("a").incarnation
            try await lab.guest("b", pokes: "0x00BADBAD", intoRegionOf: 16)
            let (error, _) = try await daemon.refusal("region", "restore", "g", "r", file)
            #expect(error.code == .regionInUse)
            try await daemon.order("region", "restore", "g", "r", file, "--force")
            try await daemon.joined(["a", "b"])
            #expect(try await daemon.member("a").incarnation > before)
            #expect(try await lab.guest("b", peeksIntoRegionOf: 16) == "0x00C0FFEE")
            let after = try await stage.run("--", "echo", "here").ending()
            #expect(after.lines.sorted() == ["a: here", "b: here"], "\(after.errorText)")

            // And a region of its own, which the VMs get too.
            try await daemon.order("region", "restore", "g", "copy", file)
            try await daemon.joined(["a", "b"])
            #expect(try lab.lastWord(ofRegion: "atoll.g.copy") == "0x00C0FFEE")
        }
    }

    /// The region's pages are the region's, and not each VM's again; and no VM's core has them.
    @Test func whatVMsTakeIsCountedOnce() async throws {
        try await stage.withGroup {
            let line = "dd if=/dev/zero of=/dev/null bs=1M count=1"
            _ = try await lab.guest("a", line)
            let account = try #require(
                try await daemon.ask(Status.self, "status", "g").accounts?.first)
            #expect(account.resident == 16 << 20)
            #expect(account.vms.map(\.vm).sorted() == ["a", "b"])
            for vm in account.vms {
                // A VM of 256 MiB under emulation: itself some of it, the region at most once.
                #expect(vm.own > 32 << 20)
                #expect(vm.shared <= 16 << 20)
            }
            #expect(account.total == account.vms.reduce(account.resident) { $0 + $1.own })
            for vm in ["a", "b"] {
                let pid = try await lab.run(["pgrep", "-f", "^/usr/bin/qemu.*guest=\(vm),"])
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                let filter = try String(
                    contentsOfFile: "/proc/\(pid)/coredump_filter", encoding: .utf8)
                #expect(filter.trimmingCharacters(in: .whitespacesAndNewlines) == "00000031")
            }
        }
    }
}
