// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// How the regions of a crew begin and end. The one that forks writes what the region needs and stores the
/// word; the region ends when each seat says that it has joined, and, where there were tasks, left.
extension Crew {
    @inlinable
    @inline(__always)
    static func word(_ generation: UInt64, _ size: Int) -> UInt64 {
        generation << 16 | UInt64(truncatingIfNeeded: size)
    }

    // MARK: For the one that forks

    /// Begins a region. Nobody is in the last one any more.
    ///
    /// - Parameter size: seats from this number on wait for a later one. 0: there is none; all go.
    @inlinable
    @inline(__always)
    public func begin(_ generation: UInt64, _ size: Int) {
        words.store(Self.word(generation, size), at: base &+ Self.wordAt)
    }

    /// Waits for all others to have come to the region's end, running tasks.
    @inlinable
    @inline(__always)
    public func join<W: CrewWaiter>(
        _ generation: UInt64, of size: Int, _ make: () -> W, run: () -> Bool
    ) {
        var number = 1
        while number < size {
            let at = seat(number) &+ Self.joinedAt
            if words.load(at) != generation {
                var waiter = make()
                repeat {
                    if !hasTasks(generation) || !run() { waiter.step() }
                } while words.load(at) != generation
                waiter.end()
            }
            number &+= 1
        }
    }

    /// All have joined, in a region with tasks: until these have ended and nobody looks for any.
    @inlinable
    @inline(__always)
    public func endTasks<W: CrewWaiter>(
        _ generation: UInt64, of size: Int, _ make: () -> W, run: () -> Bool,
        arePending: () -> Bool
    ) {
        var waiter = make()
        while arePending() {
            if !run() { waiter.step() }
        }
        words.store(generation, at: base &+ Self.drainedAt)
        waiter.rouse()
        var number = 1
        while number < size {
            while words.load(seat(number) &+ Self.leftAt) != generation { waiter.step() }
            number &+= 1
        }
        waiter.end()
    }

    // MARK: For the others

    /// The word of the next region.
    ///
    /// - Parameters:
    ///   - generation: of the last one that the thread has seen.
    ///   - isIn: whether it takes part in that one.
    ///   - help: see ``help(_:_:_:run:leave:)``; called once if that one has tasks.
    @inlinable
    @inline(__always)
    public func next<W: CrewWaiter>(
        after generation: UInt64, isIn: Bool, _ make: () -> W, help: () -> Void
    ) -> UInt64 {
        var word = words.load(base &+ Self.wordAt)
        if word >> 16 != generation { return word }
        var isIn = isIn
        var waiter = make()
        repeat {
            if isIn, hasTasks(generation) {
                help()
                isIn = false
            }
            waiter.step()
            word = words.load(base &+ Self.wordAt)
        } while word >> 16 == generation
        waiter.end()
        return word
    }

    /// A region that the thread has joined has tasks: runs some, until they have all ended, and says that it
    /// runs none any more.
    ///
    /// - Parameter leave: what there is to do when they have ended.
    @inlinable
    @inline(__always)
    public func help<W: CrewWaiter>(
        _ seat: Int, _ generation: UInt64, _ make: () -> W, run: () -> Bool, leave: () -> Void
    ) {
        var waiter = make()
        while words.load(base &+ Self.drainedAt) != generation {
            if !run() { waiter.step() }
        }
        waiter.end()
        leave()
        words.store(generation, at: seat &+ Self.leftAt)
    }

    /// Has come to the region's end.
    @inlinable
    @inline(__always)
    public func join(_ seat: Int, _ generation: UInt64) {
        words.store(generation, at: seat &+ Self.joinedAt)
    }
}
