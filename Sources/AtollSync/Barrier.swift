// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A point that all threads of a group pass together, again and again: 1 to 4096 threads in up to 64
/// VMs. Two algorithms (``BarrierAlgorithm``); the words lie as ``BarrierLayout`` says.
///
/// What each thread wrote before it came, all see after. A wait that ends in an error can be taken up
/// again by the same call: the thread has come and does not come a second time.
///
/// ## If the holder dies
/// A round to which a lost member's threads had not all come cannot complete: the waits of the others
/// throw ``SyncError/memberLost(slots:)``, all of them or none. Which of the two is decided once: by the
/// compare-and-swap of the release word; in a dissemination barrier, by whether the lost threads had
/// come, which nothing can change any more. Then either all give up, or each survivor calls
/// ``shrink(_:_:without:)`` and the barrier goes on without the lost. What the ``Waiter`` calls lost must
/// be certain.
public struct Barrier<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int
    @usableFromInline let layout: BarrierLayout
    public let place: BarrierPlace
    public let algorithm: BarrierAlgorithm

    @inlinable public static var largestSize: Int { 4096 }
    @inlinable public static var largestVMs: Int { 64 }

    /// One thread's view of the barrier at `offset`, all zero at first but for what
    /// ``build(_:at:members:)`` wrote.
    ///
    /// - Parameters:
    ///   - layout: 1 to 64 VMs and 1 to 4096 threads, the same for everybody.
    ///   - algorithm: the same for everybody.
    @_lifetime(copy words)
    @inlinable
    public init(
        _ words: M, at offset: Int, _ layout: BarrierLayout, _ place: BarrierPlace,
        _ algorithm: BarrierAlgorithm
    ) {
        precondition(layout.size >= 1 && layout.size <= Self.largestSize)
        precondition(layout.vms >= 1 && layout.vms <= Self.largestVMs)
        precondition(place.vm < layout.vms && place.rank < layout.size)
        self.words = words
        at = offset
        self.layout = layout
        self.place = place
        self.algorithm = algorithm
    }

    /// Writes into a barrier, all zero, who takes part. Whoever makes the barrier does so before
    /// others use it.
    ///
    /// - Parameter members: slot and threads of each VM.
    public static func build(
        _ words: borrowing M, at offset: Int, members: [(slot: Int, threads: Int)]
    ) {
        let size = members.reduce(0) { $0 + $1.threads }
        let layout = BarrierLayout(vms: members.count, size: size)
        var first = 0
        for (vm, member) in members.enumerated() {
            words.storeRelaxed(UInt64(member.slot + 1), at: offset + layout.slot(of: vm))
            let threads = UInt64(first) | UInt64(member.threads) << 32
            words.store(threads, at: offset + layout.threads(of: vm))
            first += member.threads
        }
    }

    /// Waits until all have come.
    ///
    /// - Throws: ``SyncError/memberLost(slots:)``; ``SyncError/tooManyArrivals(size:)`` where more
    ///   threads come than the barrier was made for; and whatever `waiter` throws.
    @inlinable
    @inline(__always)
    public func wait(_ seat: inout BarrierSeat, _ waiter: inout some Waiter) throws(SyncError) {
        if !seat.isPending, try arrive(&seat, last: {}) { waiter.rouse() }
        try complete(&seat, &waiter)
    }

    /// Waits until all have come; one of them then acts before the others go.
    ///
    /// - Parameter last: sees all that the others wrote before they came, and they see what it writes.
    ///   Not called where the round ends in an error. One that is taken up again must be given the
    ///   same.
    /// - Throws: as ``wait(_:_:)``.
    @inlinable
    @inline(__always)
    public func wait(
        _ seat: inout BarrierSeat, _ waiter: inout some Waiter, last: () -> Void
    ) throws(SyncError) {
        switch algorithm {
        case .central:
            if !seat.isPending, try arrive(&seat, last: last) { waiter.rouse() }
            try complete(&seat, &waiter)
        case .dissemination:
            try wait(&seat, &waiter)
            if isFirst(seat) { last() }
            try wait(&seat, &waiter)
        }
    }

    /// Comes, without waiting for the others.
    ///
    /// - Throws: ``SyncError/tooManyArrivals(size:)``.
    @inlinable
    @inline(__always)
    public func arrive(_ seat: inout BarrierSeat) throws(SyncError) -> BarrierToken {
        precondition(!seat.isPending)
        let token = BarrierToken(round: seat.total)
        _ = try arrive(&seat, last: {})
        return token
    }

    /// Waits until all have come to the round that `token` stands for.
    ///
    /// - Throws: as ``wait(_:_:)``.
    @inlinable
    @inline(__always)
    public func wait(
        _ token: BarrierToken, _ seat: inout BarrierSeat, _ waiter: inout some Waiter
    ) throws(SyncError) {
        precondition(seat.isPending && token.round == seat.total)
        try complete(&seat, &waiter)
    }

    /// Whether that may have ended others' waits.
    @inlinable
    @inline(__always)
    func arrive(_ seat: inout BarrierSeat, last: () -> Void) throws(SyncError) -> Bool {
        switch algorithm {
        case .central: return try arriveCentrally(&seat, ofVM: {}, ofAll: last)
        case .dissemination:
            signal(&seat)
            return true
        }
    }

    @inlinable
    @inline(__always)
    func complete(_ seat: inout BarrierSeat, _ waiter: inout some Waiter) throws(SyncError) {
        var note = WaitNote()
        do throws(SyncError) {
            switch algorithm {
            case .central: try completeCentrally(&seat, &waiter, &note)
            case .dissemination: try completeSteps(&seat, &waiter, &note)
            }
        } catch {
            note.end(account, waiter.waited)
            throw error
        }
        note.end(account, waiter.waited)
        seat.isPending = false
        seat.total &+= 1
        seat.step = 0
    }

    @inlinable var account: SyncAccount<M> {
        @_lifetime(copy self) get { SyncAccount(words, at: at) }
    }
}
