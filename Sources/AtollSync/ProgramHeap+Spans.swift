// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Small blocks beyond the first free one of a span. All of it is the work of the seat's thread alone, but
/// for ``freeOthers(_:_:)``.
extension ProgramHeap where M: ~Escapable {
    /// Bytes of which blocks are made at a time: what is not needed yet is not touched.
    private static var carved: Int { 4096 }

    func allocateSmall(_ sizeClass: Int, _ seat: Int, _ waiter: inout some Waiter) -> Int {
        let head = seat + Self.classes + sizeClass * 8
        takeReturned(seat, &waiter)
        while true {
            let record = value(head)
            if record == 0 { break }
            if refill(record) { return pop(record) }
            unlinkFull(record, head)
        }
        var record = makeSpan(sizeClass, seat, &waiter)
        if record == 0 {
            sweep(seat, &waiter)
            if value(head) != 0 && refill(value(head)) { return pop(value(head)) }
            record = makeSpan(sizeClass, seat, &waiter)
        }
        guard record != 0 else { return 0 }
        link(record, head)
        _ = refill(record)
        return pop(record)
    }

    private func pop(_ record: Int) -> Int {
        let block = value(record + Self.free)
        set(value(block), at: record + Self.free)
        set(value(record + Self.used) + 1, at: record + Self.used)
        return block
    }

    /// Whether the span's list has a free block, which it is given where there is one.
    private func refill(_ record: Int) -> Bool {
        if value(record + Self.free) != 0 || collect(record) { return true }
        let size = value(record + Self.size)
        let first = value(record + Self.fresh)
        let end = value(record + Self.end)
        guard first + size <= end else { return false }
        let count = min(max(Self.carved / size, 1), (end - first) / size)
        var block = first
        for _ in 1..<max(count, 1) {
            set(block + size, at: block)
            block += size
        }
        set(0, at: block)
        set(first, at: record + Self.free)
        set(block + size, at: record + Self.fresh)
        return true
    }

    /// Puts what others have freed into the owner's list. `false`: that is still empty.
    @discardableResult
    private func collect(_ record: Int) -> Bool {
        guard words.loadRelaxed(record + Self.others) & ~Self.tell != 0 else { return false }
        let first = Int(truncatingIfNeeded: words.exchange(0, at: record + Self.others))
        var last = first
        var count = 1
        while value(last) != 0 {
            last = value(last)
            count += 1
        }
        set(value(record + Self.free), at: last)
        set(first, at: record + Self.free)
        set(value(record + Self.used) - count, at: record + Self.used)
        return true
    }

    /// Takes the first span, which has nothing left, out of the list: who frees in it says so.
    private func unlinkFull(_ record: Int, _ head: Int) {
        let seat = words.loadRelaxed(record)
        words.storeRelaxed(seat | ProgramPage.Kind.fullSpan.rawValue, at: record)
        guard words.compareExchange(0, Self.tell, at: record + Self.others) == 0 else {
            words.storeRelaxed(seat, at: record)
            return
        }
        unlink(record, head)
    }

    /// Behind the first, which is in use and in the processor's cache.
    private func link(_ record: Int, _ head: Int) {
        let first = value(head)
        set(first, at: record + Self.previous)
        if first == 0 {
            set(0, at: record + Self.next)
            set(record, at: head)
            pin(record, 1)
            return
        }
        let second = value(first + Self.next)
        set(second, at: record + Self.next)
        if second != 0 { set(record, at: second + Self.previous) }
        set(record, at: first + Self.next)
    }

    private func unlink(_ record: Int, _ head: Int) {
        let next = value(record + Self.next)
        let previous = value(record + Self.previous)
        if next != 0 { set(previous, at: next + Self.previous) }
        guard previous == 0 else { return set(next, at: previous + Self.next) }
        set(next, at: head)
        pin(record, -1)
        if next != 0 { pin(next, 1) }
    }

    /// The first of a list counts one block too many: it never seems empty, and giving its last block
    /// back is as quick as any.
    private func pin(_ record: Int, _ one: Int) {
        set(value(record + Self.used) + one, at: record + Self.used)
    }

    /// Links the spans that were full until others freed in them.
    func takeReturned(_ seat: Int, _ waiter: inout some Waiter) {
        guard words.loadRelaxed(seat + Self.returned) != 0 else { return }
        var record = Int(truncatingIfNeeded: words.exchange(0, at: seat + Self.returned))
        while record != 0 {
            let next = value(record + Self.nextReturned)
            collect(record)
            if isStillFull(record) {
                record = next
                continue
            }
            words.storeRelaxed(UInt64(seat), at: record)
            let head = seat + Self.classes + value(record + Self.sizeClass) * 8
            link(record, head)
            releaseIfEmpty(record, head, &waiter)
            record = next
        }
    }

    /// Whether a full span stays one: has next to nothing to give, and will be told of the next block that
    /// others free.
    private func isStillFull(_ record: Int) -> Bool {
        while value(record + Self.used) > value(record + Self.enough) {
            if words.compareExchange(0, Self.tell, at: record + Self.others) == 0 { return true }
            collect(record)
        }
        return false
    }

    /// Gives the span's pages back if it has no block left and is not the first (see ``pin(_:_:)``).
    private func releaseIfEmpty(_ record: Int, _ head: Int, _ waiter: inout some Waiter) {
        guard value(record + Self.used) == 0 else { return }
        unlink(record, head)
        releaseSpan(record, &waiter)
    }

    // MARK: Free

    /// A block that is not the seat's own, or the last of its span, or of a full span, or large.
    ///
    /// - Parameter seat: 0: of a thread that has none.
    /// - Returns: `false`: no block is here.
    public func free(_ block: Int, _ seat: Int, _ waiter: inout some Waiter) -> Bool {
        var record = Self.record(of: block)
        var page = ProgramPage(word: words.load(record))
        if page.kind == .rest {
            record = Self.record(of: page.number << 16)
            page = ProgramPage(word: words.load(record))
        }
        switch page.kind {
        case .span, .fullSpan:
            guard page.seat != 0 else { return false }
            if page.seat == seat {
                freeOwn(block, record, isFull: page.kind == .fullSpan, &waiter)
            } else {
                freeOthers(block, record)
            }
            return true
        case .run:
            guard block & 0xffff == 0 else { return false }
            releaseRun(block >> 16, page.number, &waiter)
            return true
        default: return false
        }
    }

    private func freeOwn(
        _ block: Int, _ record: Int, isFull: Bool, _ waiter: inout some Waiter
    ) {
        set(value(record + Self.free), at: block)
        set(block, at: record + Self.free)
        set(value(record + Self.used) - 1, at: record + Self.used)
        let seat = Int(truncatingIfNeeded: words.loadRelaxed(record) & ~7)
        let head = seat + Self.classes + value(record + Self.sizeClass) * 8
        if isFull {
            if value(record + Self.used) > value(record + Self.enough) { return }
            // Whoever was before has given it to the seat already.
            guard words.compareExchange(Self.tell, 0, at: record + Self.others) == Self.tell else {
                return
            }
            words.storeRelaxed(UInt64(seat), at: record)
            link(record, head)
        }
        releaseIfEmpty(record, head, &waiter)
    }

    private func freeOthers(_ block: Int, _ record: Int) {
        var seen = words.load(record + Self.others)
        while true {
            words.storeRelaxed(seen & ~Self.tell, at: block)
            let found = words.compareExchange(
                seen, UInt64(block), at: record + Self.others)
            if found == seen { break }
            seen = found
        }
        guard seen & Self.tell != 0 else { return }
        // The block counts as used until the owner has collected it: the span stays what it is.
        let seat = Int(truncatingIfNeeded: words.load(record) & ~7)
        var first = words.load(seat + Self.returned)
        while true {
            words.storeRelaxed(first, at: record + Self.nextReturned)
            let found = words.compareExchange(first, UInt64(record), at: seat + Self.returned)
            if found == first { return }
            first = found
        }
    }

    // MARK: Where there is no room

    /// Gives back the empty spans that seats keep for what comes next: the caller's, and those of threads
    /// that have ended.
    func sweep(_ seat: Int, _ waiter: inout some Waiter) {
        sweepOne(seat, &waiter)
        lock(&waiter)
        var left = value(Self.freeSeat)
        set(0, at: Self.freeSeat)
        unlock()
        while left != 0 {
            let next = value(left + Self.nextSeat)
            sweepOne(left, &waiter)
            leave(left, &waiter)
            left = next
        }
    }

    private func sweepOne(_ seat: Int, _ waiter: inout some Waiter) {
        takeReturned(seat, &waiter)
        // Full ones may have a few blocks, which are few enough only while there is more.
        for page in firstPage..<max(value(Self.top), firstPage) {
            let record = Self.record(of: page << 16)
            guard words.load(record) == UInt64(seat) | ProgramPage.Kind.fullSpan.rawValue,
                value(record + Self.free) != 0,
                words.compareExchange(Self.tell, 0, at: record + Self.others) == Self.tell
            else { continue }
            words.storeRelaxed(UInt64(seat), at: record)
            link(record, seat + Self.classes + value(record + Self.sizeClass) * 8)
        }
        for sizeClass in 0..<Self.classCount {
            let head = seat + Self.classes + sizeClass * 8
            var record = value(head)
            while record != 0 {
                let next = value(record + Self.next)
                collect(record)
                // The first counts one too many until it is unlinked.
                if value(record + Self.used) == (value(head) == record ? 1 : 0) {
                    unlink(record, head)
                    releaseSpan(record, &waiter)
                }
                record = next
            }
        }
    }

    // MARK: Seats

    /// Takes a seat for a thread, with all that the one before has left there.
    ///
    /// - Returns: 0: all are taken.
    public func join(_ waiter: inout some Waiter) -> Int {
        lock(&waiter)
        defer { unlock() }
        let seat = value(Self.freeSeat)
        if seat != 0 {
            set(value(seat + Self.nextSeat), at: Self.freeSeat)
            return seat
        }
        let count = value(Self.seatCount)
        guard count < Self.seats else { return 0 }
        set(count + 1, at: Self.seatCount)
        return Self.firstSeat + count * Self.seatBytes
    }

    /// Gives the seat up: who joins next has it.
    public func leave(_ seat: Int, _ waiter: inout some Waiter) {
        lock(&waiter)
        set(value(Self.freeSeat), at: seat + Self.nextSeat)
        set(seat, at: Self.freeSeat)
        unlock()
    }
}
