// SPDX-License-Identifier: Apache-2.0
import Testing

/// Processes that are killed at random instants while they use every type. One round is one death. More of
/// them, when there is time: `atoll-sync-probe killer --rounds 100000`.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct KillerTests {
    private func kill(_ options: String...) throws -> (text: String, status: Int32) {
        try KillerProgram.run("atoll-sync-probe", ["killer"] + options)
    }

    @Test func tenThousandDeathsHangNobodyAndLoseNothing() throws {
        let (text, status) = try kill("--rounds", "10000")
        print("killer: \(text)")
        #expect(status == 0, "\(text)")
    }

    /// What the killer must notice, or it proves nothing: faults in the use of the types (the share of
    /// barriers says where), which the model's mutations complete.
    @Test(arguments: [
        ("no-lock", "0"), ("no-repair", "0"), ("stealing", "0"), ("no-witness", "0"),
        ("no-repair", "100"), ("no-witness", "100"),
    ])
    func theKillerNotices(fault: String, barriers: String) throws {
        let (text, status) = try kill(
            "--rounds", "3000", "--fault", fault, "--barriers", barriers)
        #expect(status == 1, "\(fault) goes unnoticed: \(text)")
    }
}
