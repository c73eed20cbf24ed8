// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// How the cost of a barrier grows, in moves of cache lines that `atoll-sync-probe transfers` counts.
struct TransfersTests {
    @Test func theCostGrowsAsItMust() throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("atoll-sync-probe")
        process.arguments = ["transfers"]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let rows = String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst()
            .map { $0.split(separator: " ").map(String.init) }
        #expect(rows.count == 26)
        for row in rows {
            let vms = try #require(Int(row[0]))
            let perVM = try #require(Int(row[1]))
            let moves = try #require(Int(row[3]))
            let chain = try #require(Int(row[4]))
            let size = vms * perVM
            switch (row[2], size) {
            case (_, 1): #expect(moves == 0 && chain == 0)
            case ("central", _):
                // Each arrives once and is released once; the last of each VM crosses, the last of all
                // lets the others go.
                #expect(moves <= 2 * size + (perVM > 1 ? vms : 0))
                #expect(chain <= (perVM > 1 ? perVM : 0) + vms + 2)
            default:
                let steps = (size - 1).bitWidth - (size - 1).leadingZeroBitCount
                #expect(chain <= 3 * steps + 1)
                // A signal moves when it is written and to each of its readers, each of which may have
                // looked too early.
                #expect(moves <= 4 * steps * size)
            }
        }
    }
}
