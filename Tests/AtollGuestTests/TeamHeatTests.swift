// SPDX-License-Identifier: Apache-2.0
import Testing

/// The example as users run it: two processes, each standing for a VM.
@Suite(.timeLimit(.minutes(2)))
struct TeamHeatTests {
    @Test func twoProcessesComputeWhatOneDoes() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let arguments = ["--size", "66", "--steps", "50", "--check", "--progress"]
        let first = try job.start(rank: 0, "atoll-heat", arguments)
        let second = try job.start(rank: 1, "atoll-heat", arguments)
        let (lines, status) = first.finish()
        #expect(second.finish() == ([], 0))
        #expect(status == 0)

        let alone = try Child("atoll-heat", ["--size", "66", "--steps", "50", "--serial"], [:])
        let serial = alone.finish().lines
        try #require(serial.count == 1)
        let residual = serial[0].split(separator: "=").last!
        #expect(lines.filter { $0.hasPrefix("progress:") }.count == 10)
        #expect(
            lines.filter { !$0.hasPrefix("progress:") } == [
                "contribution: vm=vm-0 rows=32 updates=102400 log=20",
                "contribution: vm=vm-1 rows=32 updates=102400 log=20",
                "result: vms=2 threads=4 steps=50 residual=\(residual)",
                "serial: steps=50 residual=\(residual)",
                "check: points=4356 different=0",
            ])
    }
}
