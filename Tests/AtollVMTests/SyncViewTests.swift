// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What an operator sees of a job whose threads, in two VMs, share objects.
extension VMTests.Daemons {
    @Test func whatAJobSharesIsShown() async throws {
        try await stage.withGroup {
            let job = try stage.run(
                "--no-prefix", "--report", "--threads-per-vm", "2", "--", "atoll-conformance",
                "survive", "100000")
            try await job.says("round 3: 4 of 4")
            let locks = try await daemon.atoll(["locks", "g"]).ending()
            #expect(locks.code == 0, "\(locks.errorText)")
            #expect(locks.lines.contains { $0.contains(".lock.survive") && $0.contains("lock") })
            #expect(locks.lines.contains { $0.contains(".team") && $0.contains("barrier") })
            let top = try await daemon.atoll(["top", "g", "--json"]).ending()
            #expect(top.code == 0, "\(top.errorText)")
            #expect(top.text.contains(".lock.survive"))
            job.send(SIGINT)
            let ending = try await job.ending()
            #expect(ending.code == 128 + 2)
            #expect(ending.errorText.contains("lock.survive"), "\(ending.errorText)")
        }
    }
}
