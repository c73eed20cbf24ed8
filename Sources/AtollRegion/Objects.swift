// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// A named object of the directory: an extent of the arena.
public struct ObjectRecord: Sendable, Equatable {
    public enum State: Sendable { case building, ready }

    public let index: Int
    public let state: State
    public let kind: ObjectKind
    public let name: [UInt8]
    public let offset: Int
    public let bytes: Int
    /// The job that it goes with; 0: it stays.
    public let job: UInt64
    /// Owner word of the thread that builds it.
    public let builder: UInt64
    /// What the entry's word was, for ``Region/freeObject(_:)``.
    let word: UInt64

    /// Where an OpenMP program's image may begin, and of what its size is a multiple: a large page.
    public static var imageBoundary: Int { 2 << 20 }
}

/// The directory's entries. They are the arena's only record: what no entry names is free. Writing
/// one (``placeObject(_:)``) needs the directory's lock; freeing needs none, since it is one
/// compare-and-swap of the entry's word, whose upper bits count its uses.
extension Region {
    private typealias O = MemoryLayout<atoll_object>

    /// What an entry says, all of it of one use; `nil` where it is free or its extent is not in the
    /// arena.
    public func object(_ index: Int) -> ObjectRecord? {
        let at = layout.object(index)
        for _ in 0..<Self.readings {
            meter?.add(MemoryLayout<atoll_object>.size)
            let word = memory.load(word: at)
            let record = record(index, word)
            memory.fence()
            if memory.load(word: at) == word { return record }
        }
        return nil
    }

    private func record(_ index: Int, _ word: UInt64) -> ObjectRecord? {
        let at = layout.object(index)
        let state: ObjectRecord.State
        switch Int(word & 0xff) {
        case ATOLL_OBJECT_BUILDING: state = .building
        case ATOLL_OBJECT_READY: state = .ready
        default: return nil
        }
        let offset = memory.load64(at + ATOLL_AT_OBJECT_OFFSET)
        let bytes = memory.load64(at + ATOLL_AT_OBJECT_BYTES)
        // No object of ours begins within a line; words that lie across a boundary cannot be loaded.
        guard layout.arenaContains(offset: offset, bytes: bytes), offset % UInt64(ATOLL_LINE) == 0
        else { return nil }
        return ObjectRecord(
            index: index, state: state,
            kind: ObjectKind(rawValue: memory.load32(at + ATOLL_AT_OBJECT_KIND)) ?? .data,
            name: memory.loadName(
                at: at + ATOLL_AT_OBJECT_NAME, field: Int(ATOLL_OBJECT_NAME_BYTES)),
            offset: Int(offset), bytes: Int(bytes), job: memory.load64(at + ATOLL_AT_OBJECT_JOB),
            builder: memory.load64(at + ATOLL_AT_OBJECT_BUILDER), word: word)
    }

    /// All entries in use.
    public var objects: [ObjectRecord] {
        (0..<layout.directoryEntries).compactMap { object($0) }
    }

    /// The object of this name; `nil` where there is none. Needs no lock: an entry does not move as
    /// long as it is used, and one that is placed or freed meanwhile is found or not.
    public func findObject(_ name: [UInt8]) -> ObjectRecord? {
        let hash = Self.hash(name)
        for step in 0..<layout.directoryEntries {
            let index = entry(hash, step)
            let at = layout.object(index)
            let word = memory.load(word: at)
            if word == 0 { return nil }
            if word & 0xff == UInt64(ATOLL_OBJECT_FREE)
                || memory.load64(at + ATOLL_AT_OBJECT_NAME_HASH) != hash
            {
                continue
            }
            if let record = object(index), record.name == name { return record }
        }
        return nil
    }

    /// FNV-1a (draft-eastlake-fnv), 64 bits.
    static func hash(_ name: [UInt8]) -> UInt64 {
        name.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Where the search for a hash looks at this step.
    func entry(_ hash: UInt64, _ step: Int) -> Int {
        Int(truncatingIfNeeded: hash &+ UInt64(step)) & (layout.directoryEntries - 1)
    }

    /// Takes the first free entry where the name is searched, and a free extent, first fit, on a boundary of 4 KiB for large objects and
    /// of a line for small ones. `nil` where either is not to be had. The caller holds the
    /// directory's lock.
    public func placeObject(
        name: [UInt8], kind: ObjectKind = .data, bytes: Int, boundary: Int? = nil, job: UInt64,
        builder: UInt64
    ) -> ObjectRecord? {
        guard bytes > 0, bytes <= layout.arenaBytes else { return nil }
        let isFree = { (i: Int) in
            self.memory.load(word: self.layout.object(i)) & 0xff == UInt64(ATOLL_OBJECT_FREE)
        }
        let hash = Self.hash(name)
        let places = 0..<layout.directoryEntries
        guard let step = places.first(where: { isFree(entry(hash, $0)) }) else { return nil }
        let index = entry(hash, step)
        let boundary = max(
            boundary ?? (bytes >= Int(ATOLL_PAGE) ? Int(ATOLL_PAGE) : 0), Int(ATOLL_LINE))
        let align = { (offset: Int) in (offset + boundary - 1) / boundary * boundary }
        var start = align(layout.arena)
        for taken in objects.sorted(by: { $0.offset < $1.offset }) {
            if start + bytes <= taken.offset { break }
            start = max(start, align(taken.offset + taken.bytes))
        }
        guard start <= layout.bytes - bytes else { return nil }
        let at = layout.object(index)
        // Who reads the entry without the lock shall see it free before he sees any of what follows.
        memory.fence()
        memory.store64(UInt64(start), at: at + ATOLL_AT_OBJECT_OFFSET)
        memory.store64(UInt64(bytes), at: at + ATOLL_AT_OBJECT_BYTES)
        memory.store64(job, at: at + ATOLL_AT_OBJECT_JOB)
        memory.store64(builder, at: at + ATOLL_AT_OBJECT_BUILDER)
        memory.store32(kind.rawValue, at: at + ATOLL_AT_OBJECT_KIND)
        memory.store64(hash, at: at + ATOLL_AT_OBJECT_NAME_HASH)
        memory.writeName(name, at: at + ATOLL_AT_OBJECT_NAME, field: Int(ATOLL_OBJECT_NAME_BYTES))
        let word = memory.load(word: at)
        memory.store(((word >> 8) + 1) << 8 | UInt64(ATOLL_OBJECT_BUILDING), word: at)
        return object(index)
    }

    /// Bytes of the largest extent that is free, of those that begin on the boundary: a multiple of it.
    public func largestFreeExtent(boundary: Int) -> Int {
        let align = { (offset: Int) in (offset + boundary - 1) / boundary * boundary }
        var largest = 0
        var start = align(layout.arena)
        for taken in objects.sorted(by: { $0.offset < $1.offset }) {
            largest = max(largest, taken.offset - start)
            start = max(start, align(taken.offset + taken.bytes))
        }
        return max(largest, layout.bytes - start) / boundary * boundary
    }

    /// Says that the object's content is there. `false` where it was freed meanwhile.
    public func publishObject(_ record: ObjectRecord) -> Bool {
        let ready = record.word & ~0xff | UInt64(ATOLL_OBJECT_READY)
        return memory.compareExchange(record.word, ready, word: layout.object(record.index))
            == record.word
    }

    /// Frees the entry and its extent, if it is still the one that `record` describes.
    public func freeObject(_ record: ObjectRecord) {
        let free = record.word & ~0xff | UInt64(ATOLL_OBJECT_FREE)
        _ = memory.compareExchange(record.word, free, word: layout.object(record.index))
    }

    /// Frees everything that goes with a job.
    public func freeObjects(of job: UInt64) {
        guard job != 0 else { return }
        for index in 0..<layout.directoryEntries {
            let at = layout.object(index)
            meter?.add(16)
            let word = memory.load(word: at)
            guard word & 0xff != UInt64(ATOLL_OBJECT_FREE),
                memory.load64(at + ATOLL_AT_OBJECT_JOB) == job
            else { continue }
            // Not where it has become another use of the entry meanwhile.
            let free = word & ~0xff | UInt64(ATOLL_OBJECT_FREE)
            _ = memory.compareExchange(word, free, word: at)
        }
    }
}
