// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// This program's standard input on its way to a job's first process. Read only where the job is one
/// program, and no faster than that reads.
struct RunInput {
    private var ring: JobInput?
    private var isBegun = false
    private var isAtEnd = false
    private var waiting: [UInt8] = []
    /// When a terminal refused to be read last: another program has it.
    private var refused: UInt64?

    private static var patience: UInt64 { 250_000_000 }

    mutating func begin(_ ticket: JobTicket, on board: JobBoard) {
        guard !isBegun else { return }
        isBegun = true
        ring = JobInput(offering: ticket, on: board)
    }

    /// To wait for; `nil` where there is nothing to wait for, or no room for it.
    func descriptor(now: UInt64) -> Int32? {
        guard ring != nil, !isAtEnd, waiting.isEmpty else { return nil }
        if let refused, now < refused + Self.patience { return nil }
        return 0
    }

    /// Whether something waits for room.
    var isBlocked: Bool { ring != nil && (!waiting.isEmpty || isAtEnd) }

    /// What is there, and there may be nothing to read.
    mutating func advance(isReady: Bool, now: UInt64) {
        if isReady { read(now) }
        if !waiting.isEmpty, ring?.write(waiting[...]) ?? false { waiting = [] }
        if isAtEnd, waiting.isEmpty, ring?.end() ?? false { ring = nil }
    }

    private mutating func read(_ now: UInt64) {
        guard let ring, waiting.isEmpty, !isAtEnd else { return }
        refused = nil
        do throws(Errno) {
            waiting = try readInput(atMost: ring.most)
            isAtEnd = waiting.isEmpty
        } catch {
            if error == .interrupted || error == .tryAgain { return }
            if error == .inputOutput { refused = now } else { isAtEnd = true }
        }
    }
}
