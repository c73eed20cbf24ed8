// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// The input of a job's first process: from the ring that the launcher fills into a pipe. Begins with
/// nothing there, since most programs read none.
final class ProcessInput {
    private var pipe: OwnedFD?
    private var ring: OutputRing?
    private var waiting: ArraySlice<UInt8> = []
    private var isAtEnd = false
    private var lastMoved: UInt64 = 0

    init(_ pipe: consuming OwnedFD) { self.pipe = consume pipe }

    /// To wait until it can be written; `nil` where there is nothing to write.
    var descriptor: Int32? {
        guard !waiting.isEmpty else { return nil }
        return pipe?.raw
    }

    /// Whether more can be expected soon.
    func isLively(now: UInt64) -> Bool { pipe != nil && now < lastMoved + 1_000_000_000 }

    /// Moves on what can be moved without waiting.
    func pump(_ ticket: JobTicket, on board: JobBoard, now: UInt64) {
        guard pipe != nil else { return }
        if ring == nil {
            switch board.input(ticket) {
            case .notYet: return
            case .none: return close()
            case .ring(let ring): self.ring = ring
            }
        }
        for _ in 0..<16 {
            guard flush() else { return }
            if isAtEnd { return close() }
            guard let record = try? ring?.read() else {
                // Nothing yet; a ring that is no longer readable is as an input that has ended.
                if ring?.isReadable == false { close() }
                return
            }
            lastMoved = now
            if record.text.isEmpty { isAtEnd = true } else { waiting = record.text[...] }
        }
    }

    /// `false` where the pipe is full, or nobody reads it.
    private func flush() -> Bool {
        while !waiting.isEmpty {
            guard let descriptor = pipe?.raw else { return false }
            do throws(Errno) {
                let count = try write(waiting, to: descriptor)
                waiting = waiting.dropFirst(count)
            } catch {
                if error == .interrupted { continue }
                if error != .tryAgain { close() }
                return false
            }
        }
        return true
    }

    func close() {
        pipe = nil
        waiting = []
    }
}
