// SPDX-License-Identifier: Apache-2.0
@testable import AtollRegion

/// The agents' side of a region, step by step as a test says.
struct ScriptedAgent {
    let region: Region
    var board: JobBoard { JobBoard(region) }

    init(_ path: String, slots: [Int]) throws {
        region = try openRegion(path)
        for slot in slots {
            region.join(
                slot: slot,
                MemberPresence(
                    incarnation: region.member(slot).incarnation, state: .joined, vcpus: 2,
                    mapping: .file, lockedOperation: 10, heartbeat: 0))
        }
    }

    /// The posted jobs, by number.
    var posted: [JobTicket] {
        (0..<board.slots).map { board.look($0) }
            .filter { $0.state == .posted || $0.state == .stopping }.map(\.ticket)
            .sorted { $0.number < $1.number }
    }

    /// Waits for a job that is posted.
    func job() async throws -> JobTicket {
        while posted.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        return posted[0]
    }

    func write(_ ticket: JobTicket, rank: Int, stream: UInt8 = 1, _ text: String) {
        var ring = OutputRing(region, index: board.part(ticket, rank: rank).ring)!
        precondition(ring.write(stream: stream, Array(text.utf8)[...]))
    }

    /// Writes bytes that no agent of ours would, all over the member's ring.
    func ruinOutput(_ ticket: JobTicket, rank: Int) {
        let ring = region.layout.ring(board.part(ticket, rank: rank).ring)
        for offset in stride(from: ring + 64, to: ring + 1024, by: 8) {
            region.memory.store(0xdead_beef_dead_beef, word: offset)
        }
    }

    func end(_ ticket: JobTicket, rank: Int, status: UInt32 = 0) {
        precondition(board.advance(ticket, rank: rank, from: .wanted, to: .running))
        precondition(board.advance(ticket, rank: rank, from: .running, to: .exited, status: status))
    }
}
