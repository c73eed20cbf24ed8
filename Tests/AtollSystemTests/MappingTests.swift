// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@Suite struct MappingTests {
    /// Whether this process still maps the memory object of this name.
    private static func isMapped(_ name: String) throws -> Bool {
        // To the end: the kernel hands it out in parts.
        let maps =
            try #require(FileHandle(forReadingAtPath: "/proc/self/maps")).readToEnd() ?? Data()
        return String(decoding: maps, as: UTF8.self).contains("memfd:\(name) ")
    }

    @Test func whatOneMappingWritesTheOtherReads() throws {
        let file = try OwnedFD(anonymous: "two-views")
        try file.setSize(8192)
        let first = try Mapping(file, count: 8192)
        let second = try Mapping(file, count: 8192, writable: false)
        // SAFETY: both mappings have 8192 bytes and live to the end of this function.
        unsafe first.base.storeBytes(of: 0x1234, toByteOffset: 8184, as: UInt64.self)
        let read = unsafe second.base.load(fromByteOffset: 8184, as: UInt64.self)
        #expect(read == 0x1234)
        #expect(second.count == 8192)
    }

    @Test func aMappingEndsWithItsOwner() throws {
        let name = "short-lived-\(UUID())"
        do {
            let file = try OwnedFD(anonymous: name)
            try file.setSize(4096)
            let mapping = try Mapping(file, count: 4096)
            #expect(try Self.isMapped(name))
            #expect(mapping.count == 4096)
        }
        #expect(try !Self.isMapped(name))
    }

    @Test func aMappingOutlivesItsDescriptor() throws {
        func map() throws -> Mapping {
            let file = try OwnedFD(anonymous: "gone")
            try file.setSize(4096)
            return try Mapping(file, count: 4096)
        }
        let mapping = try map()
        // SAFETY: the mapping has 4096 bytes and lives to the end of this function.
        unsafe mapping.base.storeBytes(of: 7, as: UInt64.self)
        let read = unsafe mapping.base.load(as: UInt64.self)
        #expect(read == 7)
    }

    private func failure(_ file: borrowing OwnedFD, count: Int) -> Errno? {
        do {
            _ = try Mapping(file, count: count)
            return nil
        } catch { return error }
    }

    @Test func nothingCannotBeMapped() throws {
        let file = try OwnedFD(anonymous: "empty")
        #expect(failure(file, count: 0) == .invalidArgument)
        #expect(failure(file, count: -1) == .noMemory)
        #expect(failure(OwnedFD(taking: -1), count: 4096) == Errno(code: 9))
    }

    @Test func whatIsOpenForReadingIsNotMappedForWriting() throws {
        let path = NSTemporaryDirectory() + "atoll-test-\(UUID())"
        let made = try OwnedFD(opening: path, [.create, .write])
        defer { try? unlink(path) }
        try made.setSize(4096)
        #expect(failure(try OwnedFD(opening: path), count: 4096) == .accessDenied)
    }
}
