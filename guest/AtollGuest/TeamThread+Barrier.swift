// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSync

extension TeamThread {
    /// Whether this thread has come to the barrier by ``arrive()`` and not waited there yet.
    public var hasArrived: Bool { seat.hasArrived }

    /// What ``arrive()`` gave, or will give.
    public var token: BarrierToken { seat.token }

    /// Comes to the team's barrier without waiting for the others: for work that nobody else needs,
    /// which is done before ``wait(_:)``. Nothing else that is a construct may be called between the
    /// two; calling this twice stops the process.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where more threads come than the team has.
    public mutating func arrive() throws(TeamError) -> BarrierToken {
        let token = try meet { (barrier, seat, _) throws(SyncError) in
            try barrier.arrive(&seat)
        }
        place.rouse()
        return token
    }

    /// Waits until all threads of the team have come. What each wrote before it came, all see after.
    ///
    /// - Parameter token: what ``arrive()`` gave; another stops the process.
    /// - Throws: ``TeamError/sync(_:)`` where they cannot all come.
    public mutating func wait(_ token: BarrierToken) throws(TeamError) {
        try meet { (barrier, seat, waiter) throws(SyncError) in
            try barrier.wait(token, &seat, &waiter)
        }
    }
}
