// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@testable import AtollGuest

/// What programs' files say of their start.
@Suite struct ElfTests {
    private static let program = """
        #include <math.h>
        #include <stdio.h>
        double values[1000] = {1};
        int main(int count, char **words) { printf("%g", sin(values[count])); return 0; }
        """
    private static let parallel = """
        #include <stdio.h>
        int main(void) {
        #pragma omp parallel
            puts("x");
            return 0;
        }
        """

    private func file(_ path: String) throws -> ElfFile? {
        ElfFile(try OwnedFD(opening: path, .followsLinks))
    }

    private func use(_ path: String, libraryPath: String = "") throws -> OpenMPUse {
        let closure = try #require(
            ElfClosure(program: path.bytes, libraryPath: libraryPath.bytes))
        return OpenMPUse(closure, path: path.bytes)
    }

    @Test func readsAProgram() throws {
        let compiled = try Compiled()
        let path = try compiled.make("p", ["-lm", "-Wl,--no-as-needed"], Self.program)
        let file = try #require(try file(path))
        #expect(file.isMovable && file.isDynamic)
        #expect(
            file.interpreter.map { String(decoding: $0, as: UTF8.self) }?.contains("ld-") == true)
        #expect(file.needed.contains("libc.so.6".bytes) && file.needed.contains("libm.so.6".bytes))
        #expect(file.writableBytes >= 8000)
        let fixed = try compiled.make("f", ["-no-pie", "-lm"], Self.program)
        #expect(try self.file(fixed)?.isMovable == false)
        let still = try compiled.make("s", ["-static", "-lm"], Self.program)
        let statically = try #require(try self.file(still))
        #expect(!statically.isDynamic && statically.interpreter == nil)
    }

    @Test func isNoProgram() throws {
        #expect(try file("/etc/passwd") == nil)
        #expect(ElfClosure(program: "/dev/null".bytes) == nil)
        #expect(ElfClosure(program: "/nonexistent".bytes) == nil)
    }

    /// No cut and no changed byte of a program's heads makes it crash, or read for ever.
    @Test func bearsAnyBytes() throws {
        let compiled = try Compiled()
        let path = try compiled.make("p", ["-lm", "-s"], Self.program)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SystemRandomNumberGenerator()
        var read = 0
        for turn in 0..<2000 {
            var copy = bytes
            let heads = 64 + 56 * 13
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                copy[Int.random(in: 16..<heads, using: &random)] = UInt8.random(in: 0...255)
            }
            if turn % 4 == 0 { copy = copy.prefix(Int.random(in: 0..<copy.count)) }
            let file = try OwnedFD(anonymous: "atoll-elf-test")
            for part in stride(from: 0, to: copy.count, by: 1 << 16) {
                let slice = [UInt8](copy[part..<min(copy.count, part + 1 << 16)])
                _ = try AtollSystem.write(slice[...], to: file.raw)
            }
            if ElfFile(file) != nil { read += 1 }
        }
        #expect(read > 0 && read < 2000)
    }

    @Test func findsLibrariesOfLibraries() throws {
        let compiled = try Compiled()
        try compiled.make(
            "libinner.so", ["-shared", "-fPIC", "-fopenmp"],
            "void inner(void) {\n#pragma omp parallel\n{}\n}")
        try compiled.make(
            "libouter.so",
            ["-shared", "-fPIC", "-L\(compiled.directory)", "-linner", "-Wl,-rpath,$ORIGIN"],
            "void inner(void); void outer(void) { inner(); }")
        let main = "void outer(void); int main(void) { outer(); return 0; }"
        let path = try compiled.make(
            "p",
            [
                "-L\(compiled.directory)", "-louter", "-Wl,-rpath,$ORIGIN",
                "-Wl,--allow-shlib-undefined",
            ], main)
        #expect(try use(path) == .library("libgomp.so.1".bytes))
        // Without a path of its own it needs the variable.
        let lost = try compiled.make(
            "q", ["-L\(compiled.directory)", "-louter", "-Wl,--allow-shlib-undefined"], main)
        #expect(try use(lost) == .none)
        #expect(try use(lost, libraryPath: compiled.directory) == .library("libgomp.so.1".bytes))
    }

    @Test func tellsHowOpenMPIsUsed() throws {
        let compiled = try Compiled()
        #expect(try use(compiled.make("n", ["-lm"], Self.program)) == .none)
        #expect(try use("/bin/sh") == .none)
        let linked = try compiled.make("d", ["-fopenmp"], Self.parallel)
        #expect(try use(linked) == .library("libgomp.so.1".bytes))
        for options in [
            ["-static", "-fopenmp"], ["-static", "-fopenmp", "-s"],
            // Constants among the code.
            ["-static", "-fopenmp", "-s", "-Wl,-z,noseparate-code"],
        ] {
            let path = try compiled.make("s", options, Self.parallel)
            #expect(try use(path) == .builtIn(isStatic: true), "\(options)")
        }
        let inside = try compiled.make(
            "i", ["-fopenmp", "-nostdlib", "-Wl,-e,main", "-nostartfiles", "-lc"],
            Self.parallel
                + "\nvoid GOMP_parallel(void (*f)(void *), void *d, unsigned n, unsigned g) { f(d); }"
        )
        #expect(try use(inside) == .builtIn(isStatic: false))
    }

    /// As the plain way does, in bytes of which many fit.
    @Test func searchesTexts() {
        var random = SystemRandomNumberGenerator()
        var found = 0
        for _ in 0..<3000 {
            let letters = { (count: Int) in
                (0..<count).map { _ in UInt8.random(in: 0..<3, using: &random) }
            }
            let texts = [
                letters(Int.random(in: 1...6, using: &random)),
                letters(Int.random(in: 1...6, using: &random)),
            ]
            let bytes = letters(Int.random(in: 0...40, using: &random))
            let isThere = bytes.indices.contains { at in
                texts.contains { bytes[at...].starts(with: $0) }
            }
            #expect(TextSearch(texts).finds(in: bytes) == isThere, "\(texts) in \(bytes)")
            found += isThere ? 1 : 0
        }
        #expect(found > 300 && found < 2700)
    }

    @Test(arguments: [
        ("libgomp.so.1", true), ("libomp.so.5", true), ("libomp.so", true), ("libiomp5.so", true),
        ("/opt/x/libgomp-a34b3233.so.1.0.0", true), ("libgomp-plugin", true),
        ("libompitrace.so", false), ("libgompx.so", false), ("libm.so.6", false), ("", false),
    ]) func knowsRuntimes(name: String, isOne: Bool) {
        #expect(OpenMPUse.isRuntime(name.bytes) == isOne)
    }

    @Test func readsTheCache() throws {
        #expect(LibraryCache(reading: []) == nil)
        #expect(LibraryCache(reading: [UInt8](repeating: 0, count: 100)) == nil)
        let cache = try #require(LibraryCache())
        let path = try #require(cache.path(of: "libc.so.6".bytes))
        #expect(FileManager.default.fileExists(atPath: String(decoding: path, as: UTF8.self)))
        #expect(cache.path(of: "libnothing.so.9".bytes) == nil)
        // Cut anywhere, it finds something or nothing.
        let bytes = try readFile("/etc/ld.so.cache", limit: 8 << 20)
        for count in stride(from: 0, to: bytes.count, by: 97) {
            _ = LibraryCache(reading: Array(bytes.prefix(count)))?.path(of: "libz.so.1".bytes)
        }
    }
}
