// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSync
internal import AtollSystem

/// A named heap of a team: memory of the region in blocks of any size, which any thread allocates and
/// any thread frees: ``Heap``. Used through ``TeamThread``.
public struct TeamHeap: Sendable {
    let offset: Int
    /// What it takes of the region, its records included.
    public let bytes: Int
}

/// A block of a heap. It may lie in shared memory itself: a list of blocks is made of these.
public struct HeapBlock: BitwiseCopyable, Sendable, Equatable {
    /// From the region's first byte; the same in all VMs.
    public let offset: Int

    public init(offset: Int) { self.offset = offset }
}

extension Team {
    /// The heap of this name, the same for all threads of the team; empty at first. It goes with the
    /// job.
    ///
    /// - Parameter bytes: at least 192 KiB, rounded down to 4 KiB; the same for all.
    /// - Throws: as ``Directory/openOrCreate(_:kind:bytes:job:build:)``.
    public func heap(_ name: StaticString, bytes: Int) throws(TeamError) -> TeamHeap {
        try heap(named: Self.bytes(name), bytes: bytes)
    }

    public func heap(named name: [UInt8], bytes: Int) throws(TeamError) -> TeamHeap {
        let whole = bytes & ~4095
        guard whole >= Heap<SharedWords>.minimumBytes, whole <= region.layout.arenaBytes else {
            throw .noRoom(bytes: bytes)
        }
        let full = Self.objectName(environment.job, "heap.", name)
        let record = try directory.openOrCreate(
            full, kind: .heap, bytes: whole, job: environment.job
        ) { _, _ in }
        return TeamHeap(offset: record.offset, bytes: whole)
    }

    /// The heap that lies at `handle`, its ``TeamHeap/handle``; `nil` where none can.
    public func heap(handle: UInt64, bytes: UInt64) -> TeamHeap? {
        guard handle % 4096 == 0, bytes % 4096 == 0,
            bytes >= UInt64(Heap<SharedWords>.minimumBytes),
            region.layout.arenaContains(offset: handle, bytes: bytes)
        else { return nil }
        return TeamHeap(offset: Int(handle), bytes: Int(bytes))
    }

    /// What a heap holds.
    public func statistics(of heap: TeamHeap) -> HeapStatistics {
        let memory = region.memory
        return Heap(memory.words(at: heap.offset, count: heap.bytes)).statistics
    }
}

extension TeamHeap {
    /// The heap as a number, which goes with its size, for languages that cannot hold it otherwise.
    public var handle: UInt64 { UInt64(offset) }
}

extension TeamThread {
    /// Takes a block of at least this size, aligned to 16 bytes. What is in it is anything.
    ///
    /// - Throws: ``TeamError/noRoom(bytes:)``; ``TeamError/heap(_:)`` where all the heap's seats have
    ///   threads.
    public mutating func allocate(_ heap: TeamHeap, bytes: Int) throws(TeamError) -> HeapBlock {
        let seat = try seat(at: heap)
        do {
            return HeapBlock(
                offset: heap.offset + (try heap.view(mapped).allocate(bytes, seat)))
        } catch {
            guard case .noRoom = error else { throw .heap(error) }
        }
        // Before it gives up: what threads have left that ended or died.
        let view = heap.view(mapped)
        guard view.reclaim(seat, as: owner, team.liveness) > 0,
            let offset = try? view.allocate(bytes, seat)
        else { throw .noRoom(bytes: bytes) }
        return HeapBlock(offset: heap.offset + offset)
    }

    /// Gives a block back, whoever has allocated it.
    ///
    /// - Throws: ``TeamError/heap(_:)``: no block of this heap, or free already; offsets in it are from
    ///   the heap's first byte.
    public mutating func free(_ heap: TeamHeap, _ block: HeapBlock) throws(TeamError) {
        let seat = try seat(at: heap)
        do { try heap.view(mapped).free(block.offset - heap.offset, seat) } catch {
            throw .heap(error)
        }
    }

    /// A block seen as elements of a plain type, of at most 16 bytes' alignment.
    ///
    /// - Throws: ``TeamError/heap(_:)`` where no block begins there;
    ///   ``TeamError/sizeMismatch(found:expected:)`` where it is too small.
    public func array<Element: BitwiseCopyable>(
        _ heap: TeamHeap, _ block: HeapBlock, of type: Element.Type, count: Int
    ) throws(TeamError) -> SharedArray<Element> {
        let offset = block.offset - heap.offset
        guard let found = heap.view(mapped).size(of: offset) else {
            throw .heap(.notABlock(offset: offset))
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(
            by: MemoryLayout<Element>.stride)
        guard count >= 0, !overflow, bytes <= found else {
            throw .sizeMismatch(found: found, expected: bytes)
        }
        return SharedArray(team.region.memory, at: block.offset, count: count)
    }

    /// This thread's seat, taken when it first comes.
    private mutating func seat(at heap: TeamHeap) throws(TeamError) -> HeapSeat {
        for known in heapSeats where known.heap.offset == heap.offset { return known.seat }
        do {
            let seat = try heap.view(mapped).join(as: owner, team.liveness)
            heapSeats.append((heap, seat))
            return seat
        } catch { throw .heap(error) }
    }

    /// Gives all seats up, with what is cached there.
    func leaveHeaps() {
        for known in heapSeats { known.heap.view(mapped).leave(known.seat) }
    }
}

extension TeamHeap {
    @_lifetime(borrow memory)
    @inline(__always)
    fileprivate func view(_ memory: borrowing MappedWords) -> Heap<SharedWords> {
        Heap(memory.words(at: offset, count: bytes))
    }
}
