// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// The reader met bytes that no writer of ours leaves.
public struct RingCorrupt: Error, Equatable, Sendable {
    /// Bytes ever written, as the ring says.
    public let head: UInt64
    /// Bytes ever read.
    public let tail: UInt64
}

/// One member's output on its way to the launcher: a single-producer, single-consumer ring of
/// records. If the producer dies, what it published stays readable; a record half written is not
/// published. If the consumer dies, the producer finds no room and waits until its job is stopped.
public struct OutputRing: Sendable {
    private typealias R = MemoryLayout<atoll_ring>

    private let memory: SharedMemory
    private let at: Int
    private let capacity: Int
    private let meter: ReadMeter?
    /// The position that this side alone moves: kept here, so that a rogue cannot move it.
    private var position: UInt64 = 0

    /// `nil` where the index, which came from the region, names no ring.
    public init?(_ region: Region, index: Int) {
        guard index >= 0, index < region.layout.rings else { return nil }
        memory = region.memory
        meter = region.meter
        at = region.layout.ring(index)
        capacity = region.layout.ringBytes
    }

    /// Whether the ring still carries the output of this job.
    func belongs(to job: UInt64) -> Bool { memory.load(word: at) == job }

    /// Bytes ever written, as the ring says.
    var published: UInt64 { memory.load(word: at + ATOLL_AT_RING_HEAD) }

    /// Whether all that the ring says was written has been read.
    var isEmpty: Bool { published == position }

    /// Whether this side has come to a position that was once published, or has passed it.
    func hasReached(_ published: UInt64) -> Bool { Int64(bitPattern: published &- position) <= 0 }

    /// Whether what is there is what a writer of ours leaves, as far as its length tells.
    public var isReadable: Bool { published &- position <= UInt64(capacity) }

    /// The place that this side is at.
    var corruption: RingCorrupt { RingCorrupt(head: published, tail: position) }

    /// The longest text of one record.
    public var maximumText: Int { capacity / 4 }

    private static func padded(_ text: Int) -> Int { 8 + (text + 7) / 8 * 8 }

    /// Appends one record; `false` where there is no room for it yet.
    public mutating func write(stream: UInt8, _ text: ArraySlice<UInt8>) -> Bool {
        precondition(text.count <= maximumText)
        let tail = memory.load(word: at + ATOLL_AT_RING_TAIL)
        let used = position &- tail
        let needed = Self.padded(text.count)
        guard used <= UInt64(capacity), needed <= capacity - Int(used) else { return false }
        var record: [UInt8] = []
        record.reserveCapacity(needed)
        let head = UInt64(text.count) | UInt64(stream) << 32
        for shift in 0..<8 { record.append(UInt8(truncatingIfNeeded: head >> UInt64(8 * shift))) }
        record += text
        while record.count < needed { record.append(0) }
        put(record)
        position &+= UInt64(needed)
        memory.store(position, word: at + ATOLL_AT_RING_HEAD)
        return true
    }

    /// The next record; `nil` where there is none yet. Throws when the ring's content is not one that
    /// ``write(stream:_:)`` leaves; the ring is then of no more use.
    public mutating func read() throws(RingCorrupt) -> (stream: UInt8, text: [UInt8])? {
        let head = memory.load(word: at + ATOLL_AT_RING_HEAD)
        let available = head &- position
        if available == 0 { return nil }
        meter?.add(8)
        guard available >= 8, available <= UInt64(capacity) else {
            throw RingCorrupt(head: head, tail: position)
        }
        var word: UInt64 = 0
        for (shift, byte) in get(8).enumerated() { word |= UInt64(byte) << UInt64(8 * shift) }
        let count = Int(word & 0xffff_ffff)
        let stream = UInt8(truncatingIfNeeded: word >> 32)
        guard word >> 40 == 0, count <= maximumText, UInt64(Self.padded(count)) <= available,
            stream == 1 || stream == 2
        else { throw RingCorrupt(head: head, tail: position) }
        meter?.add(count)
        let text = Array(get(8 + count)[8...])
        position &+= UInt64(Self.padded(count))
        memory.store(position, word: at + ATOLL_AT_RING_TAIL)
        return (stream, text)
    }

    private var data: Int { at + R.size }

    private func put(_ bytes: [UInt8]) {
        let start = Int(position & UInt64(capacity - 1))
        let first = min(bytes.count, capacity - start)
        memory.write(Array(bytes[..<first]), at: data + start)
        if first < bytes.count { memory.write(Array(bytes[first...]), at: data) }
    }

    private func get(_ count: Int) -> [UInt8] {
        let start = Int(position & UInt64(capacity - 1))
        let first = min(count, capacity - start)
        return memory.copy(at: data + start, count: first)
            + memory.copy(at: data, count: count - first)
    }
}
