// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The library as C programs see it.
@Suite(.timeLimit(.minutes(2)))
struct CLibraryTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let header = root.appendingPathComponent("guest/CAtollGuest/include/atoll.h")

    /// Compiles a C program as its author would, every warning an error.
    private func compile(_ source: String) throws -> String {
        let program = FileManager.default.temporaryDirectory
            .appendingPathComponent("atoll-\(UUID().uuidString)").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-o", program,
            Self.root.appendingPathComponent(source).path,
            "-I", Self.header.deletingLastPathComponent().path,
            "-L", Child.products.path, "-latoll-c",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return program
    }

    @Test func everyCallAnswersAsTheHeaderSays() throws {
        let program = try compile("Tests/CLibrary/calls.c")
        defer { try? FileManager.default.removeItem(atPath: program) }
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let children = try (0..<2).map { try job.start(rank: $0, program, []) }
        for child in children { #expect(child.finish() == (["ok"], 0)) }
    }

    @Test func theExampleAddsUp() throws {
        let program = try compile("guest/examples/c/sum.c")
        defer { try? FileManager.default.removeItem(atPath: program) }
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let children = try (0..<2).map { try job.start(rank: $0, program, ["1000"]) }
        let lines = [
            "sum: vms=2 threads=4 n=1000 reduced=500500 shared=500500 locked=500500"
        ]
        #expect(children[0].finish() == (lines, 0))
        #expect(children[1].finish() == ([], 0))
    }

    @Test func theExampleSaysWhyItCannotRun() throws {
        let program = try compile("guest/examples/c/sum.c")
        defer { try? FileManager.default.removeItem(atPath: program) }
        #expect(try Child(program, [], [:]).finish() == ([], 1))
    }

    /// A function that the header promises and nobody wrote would only be missed by the linker of the
    /// first program to call it.
    @Test func everyFunctionOfTheHeaderIsThere() throws {
        let text = try String(contentsOf: Self.header, encoding: .utf8)
        let code = text.split(separator: "\n").filter { !$0.hasPrefix("//") && !$0.hasPrefix("#") }
        let names = Set(
            code.joined(separator: "\n").matches(of: /\b(atoll_[a-z0-9_]+) *\(/).map { $0.1 })
        #expect(names.count == 22)
        let path = Child.products.appendingPathComponent("libatoll-c.so").path
        // SAFETY: the loader's own functions; the handle is used before anything closes it.
        let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL)
        try #require(unsafe library != nil)
        for name in names {
            // SAFETY: likewise; the address is only compared with nil.
            #expect(unsafe dlsym(library, String(name)) != nil, "\(name)")
        }
    }
}
