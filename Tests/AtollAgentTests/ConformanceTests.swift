// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Every type and construct of the guest library, over the threads of one process and over processes,
/// as jobs of agents without VMs. The same program runs in VMs in another lane.
@Suite(.timeLimit(.minutes(4)))
struct ConformanceTests {
    static let suites = [
        "barrier", "reduce", "lock", "recursive", "critical", "loop", "ordered", "single", "tasks",
        "counter", "queue", "ring", "read-write", "semaphore", "condition", "once", "latch", "heap",
    ]

    private func run(
        processes: Int, threads: Int, _ arguments: [String], _ variables: [String] = []
    ) throws -> (status: Int32, output: String, errors: String) {
        let program = Program.directory.appendingPathComponent("atoll-conformance").path
        return try Program.run(
            "atoll-run",
            [
                "--local", "\(processes)", "-t", "\(threads)", "--no-prefix",
                "-e", "LD_LIBRARY_PATH=\(Program.runtime)",
            ] + variables.flatMap { ["-e", $0] } + ["--", program] + arguments)
    }

    @Test(arguments: [(1, 1), (1, 4), (2, 1), (2, 2), (3, 2)])
    func everySuiteHolds(processes: Int, threads: Int) throws {
        let (status, output, errors) = try run(
            processes: processes, threads: threads, ["all", "1000"])
        #expect(status == 0, "\(errors)")
        let held = output.split(separator: "\n").map(String.init)
        #expect(held == Self.suites.map { "ok \($0)" }, "\(errors)")
    }

    /// The same with waits that do not spin, and sleep until they are rung for.
    @Test(arguments: [(2, 1), (3, 2)])
    func everySuiteHoldsWhereWaitersSleep(processes: Int, threads: Int) throws {
        let bells = FileManager.default.temporaryDirectory
            .appendingPathComponent("bells-\(getpid())-\(processes)").path
        defer { try? FileManager.default.removeItem(atPath: bells) }
        try Data(count: 8192).write(to: URL(fileURLWithPath: bells))
        let (status, output, errors) = try run(
            processes: processes, threads: threads, ["all", "200"],
            ["ATOLL_BELL=\(bells)", "ATOLL_SPIN=0"])
        #expect(status == 0, "\(errors)")
        #expect(output.split(separator: "\n").count == Self.suites.count, "\(output)\(errors)")
        let counts = try Data(contentsOf: URL(fileURLWithPath: bells))
        for process in 0..<processes {
            #expect(counts[process * 64..<(process * 64 + 4)].contains { $0 != 0 }, "\(process)")
        }
    }

    @Test func theProgramNamesItsSuites() throws {
        let (status, _, errors) = try run(processes: 1, threads: 1, ["no-such-suite"])
        #expect(status == 64)
        for suite in Self.suites { #expect(errors.contains(" \(suite)")) }
    }
}
