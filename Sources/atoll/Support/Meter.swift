// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Says on a terminal how much of something is done, once it has taken a second, and wipes that away
/// when it is over.
struct Meter {
    private let what: String
    private let whole: UInt64
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant
    private var hasWritten = false

    /// - Parameter whole: bytes.
    init(_ what: String, of whole: UInt64, json: Bool) {
        self.what = what.printable
        self.whole = max(whole, 1)
        isShown = !json && Console.error.isTerminal
        last = start
    }

    /// - Parameter done: bytes.
    mutating func show(_ done: UInt64) {
        let now = ContinuousClock.now
        guard isShown, now - last >= .seconds(1) else { return }
        last = now
        hasWritten = true
        let percent = Int(Double(done) / Double(whole) * 100)
        let line = "\r\(what) ... \(percent) % of \(ByteSize.text(whole))\u{1B}[K"
        try? Console.error.write(Data(line.utf8))
    }

    func wipe() {
        if hasWritten { try? Console.error.write(Data("\r\u{1B}[K".utf8)) }
    }
}
