// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// How far something is, in place on a terminal; nothing anywhere else.
struct ByteProgress {
    private let what: String
    private let isShown: Bool

    init(_ what: String, json: Bool) {
        self.what = what
        isShown = !json && Console.error.isTerminal
    }

    func show(_ done: UInt64, of total: UInt64) {
        guard isShown, total > 0 else { return }
        let percent = Double(done) / Double(total) * 100
        let line = "\r\(what.printable) ... \(Int(percent.rounded(.down))) %"
        try? Console.error.write(Data(line.utf8))
    }

    func wipe() {
        if isShown { try? Console.error.write(Data("\r\u{1B}[K".utf8)) }
    }
}
