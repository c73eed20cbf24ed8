// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

extension TeamThread {
    /// Shares the range out, and calls `body` with each iteration that falls to this thread and with
    /// what brings a part of it into the order of the loop; then waits for all. A construct. Chunks are
    /// handed out in rising order, whatever the schedule.
    ///
    ///     try me.parallelForOrdered(rows, .dynamic()) { (row, order) throws(TeamError) in
    ///         let line = render(row)                                     // all at once
    ///         try order.next { () throws(TeamError) in append(line) }    // one after the other
    ///     }
    ///
    /// An iteration that calls ``TeamOrder/next(_:)`` not at all takes its turn at its end.
    ///
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func parallelForOrdered(
        _ range: Range<Int>, _ schedule: TeamSchedule = .dynamic(),
        _ body: (Int, inout TeamOrder) throws(TeamError) -> Void
    ) throws(TeamError) {
        let span = LoopSpan(range)
        let cut = OrderedCut(span, schedule, threads: presentSize)
        let number = try enterConstruct()
        var order = TeamOrder(place, number, spin)
        var mine = UInt64(presentRank)
        while true {
            let ticket = cut.isDealtOut ? mine : place.take(number)
            guard ticket < cut.count else { break }
            mine += UInt64(presentSize)
            let (lower, upper) = cut.chunk(ticket)
            var offset = lower
            while offset < upper {
                order.begin(offset)
                try body(span.index(offset), &order)
                try order.end()
                offset += 1
            }
        }
        spin = order.spin
        try leaveConstruct(number, wait: true)
    }
}

/// What brings a part of each iteration into the order of the loop.
public struct TeamOrder: ~Copyable {
    private let place: TeamPlace
    private let number: UInt64
    private var offset: UInt64 = 0
    private var isOver = false
    var spin: SpinBudget

    init(_ place: TeamPlace, _ number: UInt64, _ spin: SpinBudget) {
        self.place = place
        self.number = number
        self.spin = spin
    }

    /// Calls `body` when all iterations before this one have had their turn; what they did in it is
    /// seen. Once an iteration; a second call finds the turn over and calls `body` at once.
    ///
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func next(_ body: () throws(TeamError) -> Void) throws(TeamError) {
        if isOver { return try body() }
        let memory = place.memory
        let loop = place.block.loop(memory, number)
        if loop.turn != offset {
            var waiter = TeamWaiter(
                place, for: .everybody, on: place.block.offset,
                kind: UInt64(ObjectKind.team.rawValue), pauses: spin.pauses)
            while loop.turn != offset {
                do { try waiter.wait() } catch {
                    waiter.end()
                    throw .sync(error)
                }
            }
            waiter.end()
            waiter.teach(&spin)
        }
        try body()
        isOver = true
        loop.endTurn(offset + 1)
        place.rouse()
    }

    mutating func begin(_ offset: UInt64) {
        self.offset = offset
        isOver = false
    }

    mutating func end() throws(TeamError) {
        if !isOver { try next { () throws(TeamError) in } }
    }
}

/// A loop cut into chunks that are handed out in rising order.
struct OrderedCut {
    /// In turn, without asking.
    let isDealtOut: Bool
    let count: UInt64
    private let span: LoopSpan
    private let chunks: LoopChunks?
    private let trapezoid: LoopTrapezoid?

    init(_ span: LoopSpan, _ schedule: TeamSchedule, threads: Int) {
        self.span = span
        switch schedule {
        case .static(let chunk):
            let even = LoopChunks.quotient(span.count, UInt64(threads))
            let size = chunk ?? Int(clamping: even)
            (chunks, trapezoid, isDealtOut) = (LoopChunks(span, chunk: size), nil, true)
        case .dynamic(let chunk):
            (chunks, trapezoid, isDealtOut) = (LoopChunks(span, chunk: chunk), nil, false)
        case .guided(let least):
            // The same idea with tickets: what is taken is known by its number alone.
            let cut = LoopTrapezoid(span, threads: threads, first: nil, last: least)
            (chunks, trapezoid, isDealtOut) = (nil, cut, false)
        case .trapezoid(let first, let last):
            let cut = LoopTrapezoid(span, threads: threads, first: first, last: last)
            (chunks, trapezoid, isDealtOut) = (nil, cut, false)
        }
        count = chunks?.count ?? trapezoid?.count ?? 0
    }

    func chunk(_ ticket: UInt64) -> (UInt64, UInt64) {
        if let chunks { return chunks.extent(ticket) }
        return trapezoid?.extent(ticket) ?? (0, 0)
    }
}

extension TeamPlace {
    /// The next ticket of a construct that has one lane.
    func take(_ number: UInt64) -> UInt64 {
        let memory = memory
        return block.loop(memory, number).take(0)
    }
}
