// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What `atoll-run` tells of a job's locks and barriers, over processes and agents of its own.
@Suite(.timeLimit(.minutes(2)))
struct RunReportTests {
    /// Starts `atoll-run --local 2`, its standard error in place of its output. Jobs start in a clean
    /// environment, so that the libraries' places are handed on by name.
    private func start(_ options: [String], _ program: String, _ arguments: [String]) throws
        -> Child
    {
        let all =
            ["--local", "2", "-e", "LD_LIBRARY_PATH"] + options + ["--", program] + arguments
        return try Child(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 2>&1 >/dev/null", Child.path(of: "atoll-run")] + all,
            [:])
    }

    @Test func aReportNamesEveryObjectOfTheJob() throws {
        let program = try AuthorsProgram("guest/examples/c/sum.c")
        let (lines, status) = try start(["-t", "2", "--report"], program.path, ["1000"]).finish()
        #expect(status == 0)
        let rows = lines.map { $0.split(separator: " ").map(String.init) }
        #expect(rows.first?.prefix(4) == ["atoll-run:", "OBJECT", "KIND", "TAKEN"])
        let total = try #require(rows.first { $0[1] == "lock.total" })
        #expect(total[2...3] == ["lock", "4"])
        #expect(total.last == "-")
        let team = try #require(rows.first { $0[1] == "team" })
        #expect(team[2] == "barrier")
        #expect(try #require(Int(team[3])) >= 3)
        #expect(rows.count == 3)
    }

    @Test func nothingIsReportedThatNobodyAskedFor() throws {
        let program = try AuthorsProgram("guest/examples/c/sum.c")
        #expect(try start(["-t", "1"], program.path, ["10"]).finish() == ([], 0))
        let none = try start(["--report"], "/bin/true", []).finish()
        #expect(none == (["atoll-run: report: the job has no named locks"], 0))
    }

    @Test func whoDoesNotComeIsNamedOnce() throws {
        let program = try AuthorsProgram("Tests/CLibrary/late.c")
        let file = program.path + ".go"
        let run = try start(["-t", "1", "--stuck-after", "1"], program.path, [file])
        #expect(
            run.line() == "atoll-run: the job seems stuck: 1 of 2 threads have waited at a barrier "
                + "for more than 1 s; not come: VM local1 rank 1")
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        #expect(run.finish() == ([], 0))
    }
}
