// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests.Daemons {
    /// A program that runs as root in one VM writes over its device's memory, while another group works.
    @Test func aRogueVMHarmsItsOwnGroupAlone() async throws {
        try await stage.withGroup("bad", vms: ["a"]) {
            try await stage.withGroup(vms: ["b"]) {
                for variation in ["random", "teams", "jobs", "joins", "race"] {
                    _ = try await lab.guest(
                        "a",
                        """
                        for d in /sys/bus/pci/devices/*; do grep -q 1110 $d/device && f=$d/resource2; \
                        done; atoll-rogue $f \(variation) >/tmp/rogue 2>&1 & \
                        until grep -q rogue /tmp/rogue; do sleep 0.1; done
                        """)
                    for round in 1...2 {
                        let ending = try await stage.run("--", "echo", "round", "\(round)").ending()
                        #expect(ending.code == 0, "\(ending.errorText)")
                        #expect(ending.lines == ["b: round \(round)"])
                    }
                    // Whatever it says of itself, it can be asked for.
                    for command in [["locks", "bad"], ["region", "list", "bad"], ["status"]] {
                        let ending = try await daemon.atoll(command + ["--json"]).ending()
                        #expect(ending.code == 0, "\(command) \(ending.errorText)")
                    }
                    let said = try await lab.guest("a", "cat /tmp/rogue; pidof atoll-rogue")
                    #expect(said.hasPrefix("rogue"))
                    _ = try await lab.guest("a", "kill -9 $(pidof atoll-rogue)")
                }
                let kinds = Set(try await daemon.events(of: "g").map(\.kind))
                #expect(
                    kinds.isSubset(of: [
                        "group.created", "member.added", "member.joined", "region.created",
                        "job.started", "job.finished", "member.started", "member.stopped",
                    ]), "\(kinds)")
                let member = try await daemon.member("b")
                #expect(member.state == .joined)
            }
            // The end of the group, whose header nobody knows any more, is checked by the stage.
        }
        // The VM is as good as any other afterwards.
        try await stage.withGroup {
            let ending = try await stage.run("--", "echo", "x").ending()
            #expect(ending.lines.sorted() == ["a: x", "b: x"])
        }
    }
}
