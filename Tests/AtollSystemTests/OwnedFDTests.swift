// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@Suite struct OwnedFDTests {
    /// A directory that goes with the test.
    final class Directory {
        let path = NSTemporaryDirectory() + "atoll-test-\(UUID())"
        init() throws {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func file(_ name: String) -> String { path + "/" + name }
    }

    /// What the process has under this number; `nil` where it has nothing.
    private static func target(_ descriptor: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
    }

    private func failure(_ path: String, _ mode: OpenMode = []) -> Errno? {
        do {
            _ = try OwnedFD(opening: path, mode)
            return nil
        } catch { return error }
    }

    @Test func aDescriptorIsClosedWithItsOwner() throws {
        let name = "owned-\(UUID())"
        var number: Int32 = -1
        do {
            let file = try OwnedFD(anonymous: name)
            number = file.raw
            #expect(Self.target(number)?.contains(name) == true)
        }
        #expect(Self.target(number)?.contains(name) != true)
    }

    @Test func aReleasedDescriptorStaysOpen() throws {
        let name = "released-\(UUID())"
        let number = try OwnedFD(anonymous: name).release()
        #expect(Self.target(number)?.contains(name) == true)
        _ = OwnedFD(taking: number)
        #expect(Self.target(number)?.contains(name) != true)
    }

    @Test func aFileIsMadeOnce() throws {
        let directory = try Directory()
        let path = directory.file("a")
        #expect(failure(path) == .noSuchFile)
        let made = try OwnedFD(opening: path, [.create, .write], permissions: 0o640)
        #expect(failure(path, [.create, .write]) == .exists)
        #expect(failure(path) == nil)
        #expect(try made.status().kind == .regular)
    }

    @Test func aLinkIsNotFollowed() throws {
        let directory = try Directory()
        let path = directory.file("link")
        for target in [directory.file("target"), directory.file("nowhere")] {
            _ = try? OwnedFD(opening: directory.file("target"), [.create, .write])
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            #expect(failure(path, .write) == .tooManyLinks)
            #expect(failure(path, [.create, .write]) == .exists)
            #expect(try FileStatus.ofName(path)?.kind == .link)
            try unlink(path)
            #expect(try FileStatus.ofName(path) == nil)
        }
    }

    @Test func aDirectoryIsOneOnlyIfAsked() throws {
        let directory = try Directory()
        #expect(failure(directory.path, .directory) == nil)
        #expect(failure(directory.path, .write) == Errno(code: 21))
        _ = try OwnedFD(opening: directory.file("a"), [.create, .write])
        #expect(failure(directory.file("a"), .directory) == Errno(code: 20))
        #expect(try FileStatus.ofName(directory.path)?.kind == .other)
    }

    @Test func sizeAndModeAreWhatWasSet() throws {
        let directory = try Directory()
        let file = try OwnedFD(opening: directory.file("a"), [.create, .write])
        try file.setSize(12345)
        try file.setPermissions(0o604)
        let status = try file.status()
        #expect(status.bytes == 12345 && status.permissions == 0o604)
        #expect(try FileStatus.ofName(directory.file("a")) == status)
        #expect(status.user == getuid() && status.group == getgid())
        try file.setOwner(user: getuid(), group: getgid())
        let other = try OwnedFD(opening: directory.file("b"), [.create, .write]).status()
        #expect(other.device == status.device && other.inode != status.inode)
    }

    @Test func aSizeThatNoFileHasIsRefused() throws {
        let file = try OwnedFD(anonymous: "size")
        #expect(throws: Errno.invalidArgument) { try file.setSize(.max) }
        #expect(throws: Errno.invalidArgument) { try file.allocate(0) }
    }

    @Test func allocatedPagesAreTaken() throws {
        let file = try OwnedFD(anonymous: "pages")
        try file.allocate(1 << 20)
        #expect(try file.status().bytes == 1 << 20)
    }

    @Test func whatIsGoneCannotBeUnlinked() throws {
        let directory = try Directory()
        #expect(throws: Errno.noSuchFile) { try unlink(directory.file("a")) }
    }
}
