// SPDX-License-Identifier: Apache-2.0

/// A search for one of several texts, which looks at one byte in as many as the shortest has: Horspool's
/// algorithm ("Practical fast searching in strings", 1980), with the texts' first bytes as one set. For
/// files of some megabytes, each time that a program starts.
struct TextSearch {
    private let texts: [[UInt8]]
    /// Of the shortest text: so many bytes of each are looked for together.
    private let window: Int
    /// By the byte at a window's end: how far the next window that can fit lies from it.
    private var steps: [Int]
    /// By the same byte: whether a text can end there.
    private var isEnd = [Bool](repeating: false, count: 256)

    /// - Parameter texts: none of them empty.
    init(_ texts: [[UInt8]]) {
        self.texts = texts
        window = texts.map { $0.count }.min() ?? 1
        steps = [Int](repeating: window, count: 256)
        for text in texts {
            for at in 0..<(window - 1) {
                let byte = Int(text[at])
                steps[byte] = min(steps[byte], window - 1 - at)
            }
            isEnd[Int(text[window - 1])] = true
        }
    }

    func finds(in bytes: [UInt8]) -> Bool {
        var end = window - 1
        while end < bytes.count {
            let byte = Int(bytes[end])
            if isEnd[byte] {
                let rest = bytes[(end - window + 1)...]
                if texts.contains(where: { rest.starts(with: $0) }) { return true }
            }
            end += steps[byte]
        }
        return false
    }
}
