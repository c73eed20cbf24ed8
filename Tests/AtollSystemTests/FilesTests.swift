// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@Suite struct FilesTests {
    private let directory: OwnedFDTests.Directory
    init() throws { directory = try OwnedFDTests.Directory() }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: directory.file(name)))
    }

    @Test func aFileIsReadUpToTheLimit() throws {
        try write(String(repeating: "x", count: 100_000), "a")
        #expect(try readFile(directory.file("a"), limit: 200_000).count == 100_000)
        #expect(try readFile(directory.file("a")).count == 65_536)
        #expect(try readFile(directory.file("a"), limit: 7).count == 7)
        #expect(throws: Errno.noSuchFile) { try readFile(directory.file("b")) }
    }

    @Test func aPathInBytesIsAPath() throws {
        try write("text", "a")
        let path = Array(directory.file("a").utf8)
        #expect(try OwnedFD(opening: path).status().bytes == 4)
        func failure(_ path: [UInt8]) -> Errno? {
            do {
                _ = try OwnedFD(opening: path)
                return nil
            } catch { return error }
        }
        // Not the file whose name stands before the NUL.
        #expect(failure(path + [0] + Array("b".utf8)) == .noSuchFile)
    }

    @Test func aDirectoryIsListedWithoutWhatIsHidden() throws {
        for name in ["a", "b c", ".hidden"] { try write("", name) }
        let names = try list(directory: directory.path).map { String(decoding: $0, as: UTF8.self) }
        #expect(names.sorted() == ["a", "b c"])
        #expect(throws: Errno.noSuchFile) { try list(directory: directory.file("none")) }
    }

    @Test func aDirectoryThatIsThereIsAsGood() throws {
        try makeDirectory(directory.file("d"), permissions: 0o700)
        try makeDirectory(directory.file("d"), permissions: 0o700)
        #expect(try FileStatus.ofName(directory.file("d"))?.permissions == 0o700)
        #expect(throws: Errno.noSuchFile) {
            try makeDirectory(directory.file("x/y"), permissions: 0o700)
        }
    }

    @Test func aNameIsTakenOver() throws {
        try write("old", "a")
        try write("new", "b")
        try rename(directory.file("b"), to: directory.file("a"))
        #expect(try readFile(directory.file("a")) == Array("new".utf8))
        #expect(throws: Errno.noSuchFile) {
            try rename(directory.file("b"), to: directory.file("a"))
        }
    }

    @Test func whatIsAppendedStandsAtTheEnd() throws {
        try write("one ", "log")
        let log = try OwnedFD(appendingTo: Array(directory.file("log").utf8))
        #expect(try AtollSystem.write(Array("two".utf8)[...], to: log.raw) == 3)
        #expect(try readFile(directory.file("log")) == Array("one two".utf8))
    }

    @Test func aLockIsHeldOnceAndGoesWithItsHolder() throws {
        try write("", "a")
        func isFree() throws -> Bool {
            let other = try OwnedFD(opening: directory.file("a"))
            do {
                try other.lock()
                return true
            } catch {
                #expect(error == .tryAgain)
                return false
            }
        }
        do {
            let held = try OwnedFD(opening: directory.file("a"))
            try held.lock()
            #expect(try !isFree())
            try held.lock()
        }
        #expect(try isFree())
    }
}
