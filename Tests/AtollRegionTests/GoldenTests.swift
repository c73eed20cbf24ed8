// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import AtollRegion

/// Yesterday's guests read what today's host writes: the bytes in Golden/ change only together with
/// the version of the layout. `make golden` writes them anew.
@Suite struct GoldenTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    /// Sixteen bytes a line, with their place; lines of zeros are left out.
    private static func dump(_ bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let line = bytes[start..<min(start + 16, bytes.count)]
            guard line.contains(where: { $0 != 0 }) else { continue }
            let hex = line.map { String(format: "%02x", $0) }.joined(separator: " ")
            text += String(format: "%06x  ", start) + hex + "\n"
        }
        return text + String(format: "%06x\n", bytes.count)
    }

    private func expect(_ bytes: [UInt8], are name: String) throws {
        let file = Self.directory.appending(path: name + ".hex")
        let found = Self.dump(bytes)
        if ProcessInfo.processInfo.environment["ATOLL_WRITE_GOLDEN"] == "1" {
            try Data(found.utf8).write(to: file)
        }
        #expect(found == String(decoding: try Data(contentsOf: file), as: UTF8.self), "\(name)")
    }

    @Test(arguments: [1, 16])
    func header(mebibytes: Int) throws {
        let memory = try region(mebibytes << 20).memory
        try expect(memory.copy(at: 0, count: 4096), are: "header-\(mebibytes)MiB")
    }

    @Test func aFormattedRegionIsZeroBehindItsHeader() throws {
        let memory = try region().memory
        #expect(memory.copy(at: 4096, count: (1 << 20) - 4096).allSatisfy { $0 == 0 })
    }

    @Test func member() throws {
        let region = try region()
        region.assign(slot: 5, vm: identity.region, incarnation: 3, name: Array("alpha".utf8))
        region.join(
            slot: 5,
            MemberPresence(
                incarnation: 3, state: .joined, vcpus: 4, mapping: .sysfsWriteCombining,
                lockedOperation: 23, heartbeat: 99))
        region.beat(slot: 5)
        region.beat(slot: 5)
        region.callAttention(slot: 5)
        try expect(region.memory.copy(at: 4096 + 5 * 256, count: 256), are: "member-joined")
        region.markLost(slot: 5)
        region.leave(slot: 5)
        try expect(region.memory.copy(at: 4096 + 5 * 256, count: 256), are: "member-lost")
    }

    @Test func object() throws {
        let region = try region()
        let record = try #require(
            region.placeObject(
                name: Array("grid".utf8), kind: .queue, bytes: 8200, job: 17,
                builder: 0x0000_1234_0007_0003))
        // Where the name's hash says.
        let at = 20480 + 128 * 0x31
        try expect(region.memory.copy(at: at, count: 128), are: "object-building")
        #expect(region.publishObject(record))
        try expect(region.memory.copy(at: at, count: 128), are: "object-ready")
    }

    @Test func job() throws {
        let board = JobBoard(try region(members: 3))
        let request = JobRequest(
            payload: JobPayload(
                directory: Array("/tmp".utf8),
                arguments: ["heat", "-n", "100"].map { Array($0.utf8) },
                environment: [Array("A=1".utf8)]),
            members: [(slot: 2, incarnation: 7), (slot: 0, incarnation: 7)], threadsPerVM: 2)
        let ticket = try board.post(
            request, from: JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: 10_000))
        board.beat(ticket)
        board.send(signal: 15, to: ticket)
        #expect(board.advance(ticket, rank: 0, from: .wanted, to: .running, pid: 4321))
        #expect(board.advance(ticket, rank: 1, from: .wanted, to: .refused, status: 2))
        // Four lines, three parts, and the payload.
        let at = 20480 + 256 * 128
        try expect(board.memory.copy(at: at, count: 256 + 3 * 64), are: "job")
        try expect(board.memory.copy(at: at + 4352, count: 64), are: "job-payload")
    }

    @Test func ring() throws {
        let region = try region()
        let writer = try #require(RingEnd(region, index: 1))
        #expect(writer.write(1, "hello\n"))
        #expect(writer.write(2, "12345678"))
        let reader = try #require(RingEnd(region, index: 1))
        #expect(try reader.read()?.text == Array("hello\n".utf8))
        let at = region.layout.ringsStart + 192 + 4096
        try expect(region.memory.copy(at: at, count: 192 + 64), are: "ring")
    }
}
