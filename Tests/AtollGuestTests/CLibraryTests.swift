// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The library as C programs see it.
@Suite(.timeLimit(.minutes(2)))
struct CLibraryTests {
    @Test(arguments: [
        "calls.c", "data.c", "events.c", "heap.c", "locks.c", "loops.c", "split.c", "tasks.c",
    ])
    func everyCallAnswersAsTheHeaderSays(source: String) throws {
        let program = try AuthorsProgram("Tests/CLibrary/\(source)")
        for part in try program.run(in: LocalJob(vms: 2, threadsPerVM: 2), []) {
            #expect(part == (["ok"], 0))
        }
    }

    /// A function that the header promises and nobody wrote would only be missed by the linker of the
    /// first program to call it.
    @Test func everyFunctionOfTheHeaderIsThere() throws {
        let headers = try FileManager.default.contentsOfDirectory(
            at: AuthorsProgram.headers, includingPropertiesForKeys: nil)
        let text = try headers.map { try String(contentsOf: $0, encoding: .utf8) }
            .joined(separator: "\n")
        let code = text.split(separator: "\n").filter { !$0.hasPrefix("//") && !$0.hasPrefix("#") }
        let names = Set(
            code.joined(separator: "\n").matches(of: /\b(atoll_[a-z0-9_]+) *\(/).map { $0.1 })
        #expect(names.count == 78)
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
