// SPDX-License-Identifier: Apache-2.0

/// How a thread of a ``Crew`` passes the time until another has done something. Such waits are never given
/// up: where a member is lost the program ends, in one of these steps.
public protocol CrewWaiter {
    /// After a look that found nothing.
    mutating func step()
    /// Passes about so many pauses' time, whatever happens meanwhile.
    mutating func pause(_ times: Int)
    /// After a store in the middle of the wait that may end others'.
    func rouse()
    /// When the wait is over.
    mutating func end()
}

extension CrewWaiter {
    @inlinable public func rouse() {}
}
