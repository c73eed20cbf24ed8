// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A program of an author's, compiled as its first lines say, every warning an error.
final class AuthorsProgram {
    let path: String

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let headers = root.appendingPathComponent("guest/CAtollGuest/include")
    static let bindings = root.appendingPathComponent("guest/bindings")

    /// By the language that the name's end tells.
    ///
    /// - Parameter sources: below the package's root.
    init(_ sources: String...) throws {
        // Fortran compilers leave a module's file where they run.
        let scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("atoll-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        path = scratch.appendingPathComponent("program").path
        let compiler: [String] =
            switch sources[0].split(separator: ".").last {
            case "cpp": ["c++", "-std=c++20", "-Wall", "-Wextra", "-Werror"]
            case "f90":
                [
                    "gfortran", "-std=f2018", "-frecursive", "-Wall", "-Wno-unused-dummy-argument",
                    "-Werror",
                ]
            default: ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror"]
            }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = scratch
        process.arguments =
            compiler + ["-O1", "-o", path]
            + sources.map { Self.root.appendingPathComponent($0).path }
            + [
                "-I", Self.headers.path, "-I", Self.bindings.path, "-L", Child.products.path,
                "-latoll-c",
            ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    deinit {
        try? FileManager.default.removeItem(
            at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }

    /// Runs it as each part of the job; gives each part's lines and exit code.
    func run(in job: LocalJob, _ arguments: [String]) throws -> [(lines: [String], status: Int32)] {
        let children = try (0..<job.vms).map { try job.start(rank: $0, path, arguments) }
        return children.map { $0.finish() }
    }
}
