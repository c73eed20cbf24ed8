// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Shows lines again and again on a terminal, each time over the last, until interrupted.
struct Screen {
    private var isFirst = true

    init() {}

    /// From the top of the terminal. What was there before is wiped away line by line, so that nothing
    /// flickers.
    mutating func show(_ lines: [String]) throws {
        try Console.out.write(Self.frame(lines, isFirst: isFirst))
        isFirst = false
    }

    static func frame(_ lines: [String], isFirst: Bool) -> Data {
        let home = isFirst ? "\u{1B}[2J\u{1B}[H" : "\u{1B}[H"
        return Data((home + lines.map { $0.printable + "\u{1B}[K\n" }.joined() + "\u{1B}[J").utf8)
    }
}
