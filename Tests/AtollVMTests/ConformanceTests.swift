// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Every type and construct of the guest library, with the threads of the team in several VMs.
extension VMTests.Daemons {
    @Test func everySuiteHoldsInTwoVMs() async throws {
        try await stage.withGroup {
            let ending = try await stage.run(
                "--no-prefix", "--threads-per-vm", "2", "--", "atoll-conformance", "all", "200"
            ).ending()
            #expect(ending.code == 0, "\(ending.errorText)")
            #expect(ending.lines.allSatisfy { $0.hasPrefix("ok ") }, "\(ending.lines)")
            #expect(ending.lines.count >= 12)
        }
    }
}

extension VMTests {
    @Suite(.stage("one", "two", "three"), .timeLimit(.minutes(4))) struct ThreeVMs {
        let stage: Stage

        init() throws { stage = try Stage.current }

        @Test func everySuiteHoldsInThreeVMs() async throws {
            try await stage.withGroup {
                let ending = try await stage.run(
                    "--no-prefix", "--threads-per-vm", "2", "--", "atoll-conformance", "all", "50"
                ).ending()
                #expect(ending.code == 0, "\(ending.errorText)")
                #expect(ending.lines.count >= 12, "\(ending.lines)")
            }
        }
    }
}
