// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSystem

/// One stream of a process on its way from a pipe into a ring: whole lines, so that the launcher can
/// mix those of several members, and nothing dropped. While the ring is full the pipe is not read,
/// and the process waits as it would before a slow terminal.
public final class ProcessOutput {
    public let stream: UInt8
    private let pipe: OwnedFD
    private var waiting: [UInt8] = []
    private var written = 0
    /// How much may still be read, once the process has ended.
    private var rest = Int.max
    /// Whether what is there goes on at once, be it a whole line or not.
    public var isRaw = false
    /// Nothing more will come out of the pipe.
    public private(set) var isAtEnd = false
    /// The ring had no room.
    public private(set) var isBlocked = false

    public init(stream: UInt8, _ pipe: consuming OwnedFD) {
        self.stream = stream
        self.pipe = pipe
    }

    /// To wait for; `nil` where there is nothing to wait for, or no room for it.
    public var descriptor: Int32? { isAtEnd || isBlocked ? nil : pipe.raw }

    /// Everything that was read is in the ring, and there is no more.
    public var isDone: Bool { isAtEnd && waiting.isEmpty }

    /// Moves what is there into the ring. Reads a bounded part, so that one process cannot keep the
    /// agent to itself.
    public func pump(into ring: inout OutputRing) {
        flush(into: &ring)
        for _ in 0..<4 where !isAtEnd && !isBlocked {
            guard let bytes = try? pipe.read(atMost: min(rest, 16 << 10)) else { break }
            rest -= rest == Int.max ? 0 : bytes.count
            if bytes.isEmpty || rest == 0 { isAtEnd = true }
            waiting += bytes
            flush(into: &ring)
        }
    }

    /// The process has ended: what is in the pipe now is all that counts. Somebody whom it left behind
    /// could hold the pipe open for ever.
    public func processEnded() {
        guard !isAtEnd, rest == Int.max else { return }
        rest = pipe.readableBytes()
        if rest == 0 { isAtEnd = true }
    }

    /// Gives up what nobody will read.
    public func discard() {
        waiting = []
        written = 0
        isAtEnd = true
        isBlocked = false
    }

    private func flush(into ring: inout OutputRing) {
        isBlocked = false
        while written < waiting.count {
            let window = waiting[written..<min(waiting.count, written + ring.maximumText)]
            let part: ArraySlice<UInt8>
            if isRaw {
                part = window
            } else if let newline = window.lastIndex(of: 0x0a) {
                part = window[...newline]
            } else if isAtEnd || window.count == ring.maximumText {
                part = window
            } else {
                break
            }
            guard ring.write(stream: stream, part) else {
                isBlocked = true
                break
            }
            written += part.count
        }
        waiting.removeFirst(written)
        written = 0
    }
}
