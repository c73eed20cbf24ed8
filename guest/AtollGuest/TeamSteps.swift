// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

// Constructs step by step, as ``TeamLoop`` has loops: for callers whose bodies use the thread meanwhile,
// such as C. Both ways can meet in one construct.

/// Pieces 0 to a count, each for whichever thread asks next: sections; or, with one, a single region.
public struct TeamSections {
    private let place: TeamPlace
    fileprivate let number: UInt64
    private let count: UInt64

    fileprivate init(_ place: TeamPlace, _ number: UInt64, _ count: Int) {
        self.place = place
        self.number = number
        self.count = UInt64(max(count, 0))
    }

    /// The next piece for this thread; `nil` where none is left.
    public func next() -> Int? {
        let ticket = place.take(number)
        return ticket < count ? Int(ticket) : nil
    }
}

extension TeamThread {
    /// Begins sections, which ``endSections(_:wait:)`` ends. With that, a construct.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func beginSections(_ count: Int) throws(TeamError) -> TeamSections {
        TeamSections(place, try enterConstruct(), count)
    }

    /// Ends what this thread has begun, and waits for all, or not.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func endSections(_ sections: TeamSections, wait: Bool = true)
        throws(TeamError)
    {
        try leaveConstruct(sections.number, wait: wait)
    }

    /// Begins a loop whose iterations have parts in the order of the loop; ``endOrdered(_:)`` ends it.
    /// With that, a construct.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func beginOrdered(
        _ range: Range<Int>, _ schedule: TeamSchedule = .dynamic()
    ) throws(TeamError) -> TeamOrderedSteps {
        let number = try enterConstruct()
        return TeamOrderedSteps(
            LoopSpan(range), schedule, rank: presentRank, size: presentSize, place, number, spin)
    }

    /// Ends what this thread has begun, and waits for all.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func endOrdered(_ steps: consuming TeamOrderedSteps) throws(TeamError) {
        try leaveConstruct(steps.number, wait: true)
    }
}

/// An ordered loop, iteration by iteration.
public struct TeamOrderedSteps: ~Copyable {
    private let span: LoopSpan
    private let cut: OrderedCut
    private let place: TeamPlace
    fileprivate let number: UInt64
    private let rank: UInt64
    private let size: UInt64
    private var mine: UInt64 = 0
    private var offset: UInt64 = 0
    private var upper: UInt64 = 0
    /// What brings a part of the present iteration into the order of the loop.
    public var order: TeamOrder

    fileprivate init(
        _ span: LoopSpan, _ schedule: TeamSchedule, rank: Int, size: Int, _ place: TeamPlace,
        _ number: UInt64, _ spin: SpinBudget
    ) {
        self.span = span
        cut = OrderedCut(span, schedule, threads: size)
        self.place = place
        self.number = number
        self.rank = UInt64(rank)
        self.size = UInt64(size)
        order = TeamOrder(place, number, spin)
    }

    /// Begins the next iteration of this thread; `nil` where nothing is left.
    public mutating func next() -> Int? {
        if offset == upper {
            let ticket = cut.isDealtOut ? rank + mine * size : place.take(number)
            guard ticket < cut.count else { return nil }
            mine += 1
            (offset, upper) = cut.chunk(ticket)
            guard offset < upper else { return next() }
        }
        order.begin(offset)
        offset += 1
        return span.index(offset - 1)
    }

    /// Ends the present iteration: takes its turn, if it has not.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func endIteration() throws(TeamError) { try order.end() }
}
