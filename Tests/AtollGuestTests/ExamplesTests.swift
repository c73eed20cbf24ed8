// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Every example, compiled as its first lines say and run over two processes.
@Suite(.timeLimit(.minutes(2)))
struct ExamplesTests {
    private func job() throws -> LocalJob { try LocalJob(vms: 2, threadsPerVM: 2) }

    @Test func theCExampleAddsUp() throws {
        let parts = try AuthorsProgram("guest/examples/c/sum.c").run(in: job(), ["1000"])
        let line = "sum: vms=2 threads=4 n=1000 reduced=500500 shared=500500 locked=500500"
        #expect(parts[0] == ([line], 0))
        #expect(parts[1] == ([], 0))
    }

    @Test func theCExampleOfAHeapLosesNothing() throws {
        let parts = try AuthorsProgram("guest/examples/c/lists.c").run(in: job(), ["1000"])
        #expect(parts[0] == (["lists: vms=2 threads=4 n=1000 found=1000 left=0"], 0))
        #expect(parts[1] == ([], 0))
    }

    @Test func anExampleSaysWhyItCannotRun() throws {
        let program = try AuthorsProgram("guest/examples/c/sum.c")
        #expect(try Child(program.path, [], [:]).finish() == ([], 1))
    }

    @Test func theCxxExampleCountsEverything() throws {
        let parts = try AuthorsProgram("guest/examples/cxx/histogram.cpp").run(in: job(), ["10000"])
        #expect(parts[0] == (["histogram: vms=2 threads=4 n=10000 first=651"], 0))
        #expect(parts[1] == ([], 0))
    }

    @Test func theFortranExampleMultiplies() throws {
        let program = try AuthorsProgram(
            "guest/bindings/atoll.f90", "guest/examples/fortran/dot.f90")
        let parts = try program.run(in: job(), ["1000"])
        #expect(parts[0] == (["dot: vms=2 threads=4 n=1000 product=1001000.0"], 0))
        #expect(parts[1] == ([], 0))
    }

    @Test func thePythonExampleSeesOneArray() throws {
        let parts = try python("guest/examples/python/mean.py", ["1000"], job())
        #expect(
            parts[0] == (["mean: vms=2 threads=4 n=1000 mean=4.5 spread=8.25 max=9.0"], 0))
        #expect(parts[1] == ([], 0))
    }

    /// The wrappers' own promises: exceptions, poisoned locks, one error for all.
    @Test func theCxxWrapperKeepsItsPromises() throws {
        let program = try AuthorsProgram("Tests/CLibrary/wrapper.cpp")
        for part in try program.run(in: job(), []) { #expect(part == (["ok"], 0)) }
    }

    @Test func thePythonModuleKeepsItsPromises() throws {
        for part in try python("Tests/CLibrary/module.py", [], job()) {
            #expect(part == (["ok"], 0))
        }
    }

    private func python(_ script: String, _ arguments: [String], _ job: LocalJob) throws -> [(
        lines: [String], status: Int32
    )] {
        let path = AuthorsProgram.root.appendingPathComponent(script).path
        let variables = [
            "PYTHONPATH": AuthorsProgram.bindings.path, "PYTHONDONTWRITEBYTECODE": "1",
            "ATOLL_LIBRARY": Child.products.appendingPathComponent("libatoll-c.so").path,
        ]
        let children = try (0..<job.vms).map {
            try job.start(rank: $0, "/usr/bin/python3", [path] + arguments, variables)
        }
        return children.map { $0.finish() }
    }
}
