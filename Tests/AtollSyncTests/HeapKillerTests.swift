// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Processes that are killed at random instants while they use one heap. One round is one death. More of
/// them, when there is time: `atoll-heap-probe 100000 SEED`.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HeapKillerTests {
    private static let probe = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("atoll-heap-probe")

    private func kill(_ arguments: String...) throws -> (text: String, status: Int32) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = Self.probe
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
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
