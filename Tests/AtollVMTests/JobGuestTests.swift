// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Jobs that somebody starts inside of a VM, who has no access to the host.
extension VMTests.Daemons {
    private func type(_ line: String, in vm: String) async throws -> String {
        try await lab.guest(vm, "su atoll -c '\(line)'")
    }

    @Test func aGuestStartsAJobOnAll() async throws {
        try await stage.withGroup {
            let output = try await type(
                "atoll-run -- sh -c \"echo rank \\$ATOLL_RANK of \\$ATOLL_VMS\"", in: "b")
            #expect(
                output.split(separator: "\n").sorted() == ["a: rank 0 of 2", "b: rank 1 of 2"])
            let code = try await type("atoll-run -- sh -c \"exit 9\" 2>/dev/null; echo $?", in: "a")
            #expect(code == "9")
            let alone = try await type("atoll-run --vms 1 --no-prefix -- hostname", in: "b")
            #expect(alone == "b")
            #expect(try BoardView.now() == .empty)
        }
    }

    /// The launcher's VM is gone: nobody will ever read what the others compute.
    @Test func aJobEndsWithItsLaunchersVM() async throws {
        try await stage.withGroup {
            _ = try await type("atoll-run -- sleep 1000 >/dev/null 2>&1 &", in: "a")
            try await eventually("the job runs in b") {
                try await stage.processes(in: "b") == ["sleep 1000"]
            }
            try await lab.virsh("destroy", "a")
            try await stage.noProcess(in: "b")
            try await eventually("the board is empty") { try BoardView.now() == .empty }
            #expect(try await stage.run("--", "echo", "alone").ending().lines == ["b: alone"])
        }
    }

    /// The launcher alone is gone: its VM lives, so only its silence tells.
    @Test func aJobEndsWithASilentLauncher() async throws {
        try await stage.withGroup {
            _ = try await type("atoll-run --lease 2 -- sleep 1000 >/dev/null 2>&1 &", in: "a")
            try await eventually("the job runs in b") {
                try await stage.processes(in: "b") == ["sleep 1000"]
            }
            _ = try await lab.guest("a", "kill -9 $(pidof atoll-run)")
            for vm in stage.vms { try await stage.noProcess(in: vm) }
            try await eventually("the board is empty") { try BoardView.now() == .empty }
        }
    }
}
