// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// One thread's part of a loop that the team shares out: chunk by chunk, as it asks for them. Begun and
/// ended by ``TeamThread``; most programs call ``TeamThread/parallelFor(_:_:wait:_:)``, which does all
/// that.
public struct TeamLoop {
    private enum Form {
        case share
        case dealtOut(LoopChunks)
        case dynamic(LoopChunks)
        case guided(least: UInt64)
        case trapezoid(LoopTrapezoid)
    }

    private let place: TeamPlace
    private let ring: Int
    /// The construct's number; `nil` where nothing is shared.
    let construct: UInt64?
    private let span: LoopSpan
    private let form: Form
    private let rank: UInt64
    private let size: UInt64

    /// The next ticket, where they are dealt out.
    private var next: UInt64
    // The lane that chunks come from: tickets `lower` to `lower + length - 1`.
    private let count: UInt64
    private let lanes: Int
    private var lane: Int
    private var lanesSeen = 0
    private var lower: UInt64 = 0
    private var length: UInt64 = 0

    init(
        _ place: TeamPlace, _ span: LoopSpan, _ schedule: TeamSchedule, rank: Int, size: Int,
        construct: UInt64?
    ) {
        self.place = place
        ring = place.block.layout.loops
        self.span = span
        self.rank = UInt64(rank)
        self.size = UInt64(size)
        self.construct = construct
        next = UInt64(rank)
        var lanes = 1
        switch schedule {
        case .static(nil):
            form = .share
            count = 1
        case .static(let chunk?):
            let chunks = LoopChunks(span, chunk: chunk)
            form = .dealtOut(chunks)
            count = chunks.count
        case .dynamic(let chunk):
            let chunks = LoopChunks(span, chunk: chunk)
            form = .dynamic(chunks)
            count = chunks.count
            lanes = min(size, SharedLoop<SharedWords>.lanes)
        case .guided(let least):
            form = .guided(least: UInt64(max(least, 1)))
            count = 0
        case .trapezoid(let first, let last):
            let cut = LoopTrapezoid(span, threads: size, first: first, last: last)
            form = .trapezoid(cut)
            count = cut.count
        }
        self.lanes = lanes
        lane = rank * lanes / size
        (lower, length) = Self.extent(lane, of: lanes, count)
    }

    /// Whether a loop of this schedule needs a descriptor.
    static func isShared(_ schedule: TeamSchedule) -> Bool {
        if case .static = schedule { return false }
        return true
    }

    private static func extent(_ lane: Int, of lanes: Int, _ count: UInt64) -> (UInt64, UInt64) {
        let (lower, upper) = LoopSpan.part(UInt64(lane), of: UInt64(lanes), count)
        return (lower, upper - lower)
    }

    /// The next chunk that falls to this thread; `nil` when there is none left.
    public mutating func nextChunk() -> Range<Int>? {
        let place = place
        let memory = place.memory
        let words = memory.words(at: place.block.offset, count: place.block.layout.bytes)
        return nextChunk(words)
    }

    /// The same for who has the words of the team's block at hand.
    @inline(__always)
    mutating func nextChunk(_ words: SharedWords) -> Range<Int>? {
        switch form {
        case .share:
            guard next == rank else { return nil }
            next += 1
            let (lower, upper) = span.part(rank, of: size)
            return lower < upper ? span.range(lower, upper) : nil
        case .dealtOut(let chunks):
            guard next < count else { return nil }
            defer { next += size }
            return chunks.range(next)
        case .dynamic(let chunks):
            return takeTicket(words).map { chunks.range($0) }
        case .guided(let least):
            return takeGuided(least, words)
        case .trapezoid(let cut):
            while let ticket = takeTicket(words) {
                let chunk = cut.range(ticket)
                if !chunk.isEmpty { return chunk }
            }
            return nil
        }
    }

    /// A ticket from the part of them that is this thread's own, then from those of others, the nearest
    /// first: they are in the same VM.
    @inline(__always)
    private mutating func takeTicket(_ words: SharedWords) -> UInt64? {
        let loop = SharedLoop(words, ring: ring, number: construct ?? 0)
        while lanesSeen < lanes {
            // A lane that others have emptied is only looked at: it stays in all caches.
            if lanesSeen == 0 || loop.taken(lane) < length {
                let ticket = loop.take(lane)
                if ticket < length { return lower + ticket }
            }
            lanesSeen += 1
            lane = lane + 1 < lanes ? lane + 1 : 0
            (lower, length) = Self.extent(lane, of: lanes, count)
        }
        return nil
    }

    /// Its part of what is left.
    private func takeGuided(_ least: UInt64, _ words: SharedWords) -> Range<Int>? {
        let loop = SharedLoop(words, ring: ring, number: construct ?? 0)
        var seen = loop.taken(0)
        while seen < span.count {
            let left = span.count - seen
            let chunk = min(max(LoopChunks.quotient(left, size), least), left)
            let found = loop.advance(seen, to: seen + chunk)
            if found == seen { return span.range(seen, seen + chunk) }
            seen = found
        }
        return nil
    }
}

extension TeamBlock {
    /// The descriptor of construct `number`.
    @_lifetime(borrow memory)
    @inline(__always)
    func loop(_ memory: SharedMemory, _ number: UInt64) -> SharedLoop<SharedWords> {
        SharedLoop(
            memory.words(at: offset, count: layout.bytes), ring: layout.loops, number: number)
    }
}
