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
    /// The equation itself, written down once more in the plainest way.
    @Test func thePlateCoolsAsTheEquationSays() throws {
        let size = 20
        var plate = Array(repeating: Array(repeating: 0.0, count: size), count: size)
        plate[0] = Array(repeating: 100, count: size)
        var residual = 0.0
        for _ in 0..<30 {
            let old = plate
            residual = 0
            for row in 1..<(size - 1) {
                for column in 1..<(size - 1) {
                    plate[row][column] =
                        (old[row - 1][column] + old[row + 1][column] + old[row][column - 1]
                            + old[row][column + 1]) / 4
                    residual = max(residual, abs(plate[row][column] - old[row][column]))
                }
            }
        }
        let child = try Child("atoll-heat", ["--serial", "--size", "20", "--steps", "30"], [:])
        let (lines, status) = child.finish()
        #expect(status == 0)
        try #require(lines.count == 1)
        let (name, value) = (lines[0].dropLast(18), lines[0].suffix(18))
        #expect(name == "serial: steps=30 residual=")
        let found = try #require(Double(value))
        #expect(abs(found - residual) <= 1e-12 * residual)
    }
}
