// SPDX-License-Identifier: Apache-2.0
import Testing

/// Processes that are killed at random instants while they use one heap. One round is one death. More of
/// them, when there is time: `atoll-heap-probe 100000 SEED`.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HeapKillerTests {
    private func kill(_ options: String...) throws -> (text: String, status: Int32) {
        try KillerProgram.run("atoll-heap-probe", options)
    }

    @Test func tenThousandDeathsLeakNothingAndGiveNothingTwice() throws {
        let (text, status) = try kill("10000", "\(UInt16.random(in: 1...UInt16.max))")
        print("heap killer: \(text)")
        #expect(status == 0, "\(text)")
    }

    /// What the killer must notice, or it proves nothing: the living counted as lost, the lost as living.
    @Test(arguments: ["stealing", "forgetting"])
    func theKillerNotices(fault: String) throws {
        let (text, status) = try kill("3000", "1", fault)
        #expect(status == 1, "\(fault) goes unnoticed: \(text)")
    }
}
