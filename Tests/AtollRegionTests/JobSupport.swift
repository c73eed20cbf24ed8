// SPDX-License-Identifier: Apache-2.0
@testable import AtollRegion

let host = JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: 1000)

/// A job of `/bin/true` on the first members.
func request(_ members: Int, arguments: [String] = ["/bin/true"]) -> JobRequest {
    JobRequest(
        payload: JobPayload(
            directory: [], arguments: arguments.map { Array($0.utf8) }, environment: []),
        members: (0..<members).map { (slot: $0, incarnation: 7) }, threadsPerVM: 1)
}

func board(members: Int, _ bytes: Int = 1 << 20) throws -> JobBoard {
    JobBoard(try region(members: members, bytes))
}

extension JobBoard {
    var freeRings: Int {
        (0..<layout.rings).count { memory.load(word: layout.ring($0)) == 0 }
    }
    var freeSlots: Int { (0..<slots).count { look($0).state == .free } }

    /// The agents of all members do all that is asked, at once.
    func complete(_ ticket: JobTicket, status: UInt32 = 0) {
        for rank in 0..<parts(ticket) {
            _ = advance(ticket, rank: rank, from: .wanted, to: .running, pid: 1)
            _ = advance(ticket, rank: rank, from: .running, to: .exited, status: status)
        }
    }

    /// Writes what a rogue would into the job's own word.
    func overwrite(_ ticket: JobTicket, _ word: UInt64) {
        memory.store(word, word: layout.job(ticket.index))
    }
}
