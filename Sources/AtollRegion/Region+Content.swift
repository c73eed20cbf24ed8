internal import AtollSystem
// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// What of a region is worth keeping when its members are gone: the named objects and the arena that
/// they lie in. Who was a member, which jobs ran and what they said goes with them.
extension Region {
    /// Version of the layout that the bytes follow.
    public static var layoutVersion: UInt32 { ATOLL_ABI_VERSION }

    private var content: [Range<Int>] {
        [layout.directory..<layout.jobs, layout.arena..<layout.bytes]
    }

    /// A copy of `count` bytes from `offset` on, zeros where there is nothing to keep; `nil`: all are
    /// zeros.
    public func saved(at offset: Int, count: Int) -> [UInt8]? {
        let whole = offset..<(offset + count)
        let kept = content.map { $0.clamped(to: whole) }.filter {
            !$0.isEmpty && !memory.isZero(at: $0.lowerBound, count: $0.count)
        }
        if kept.isEmpty { return nil }
        if kept.count == 1, kept[0] == whole { return memory.copy(at: offset, count: count) }
        var bytes = [UInt8](repeating: 0, count: count)
        for range in kept {
            bytes.replaceSubrange(
                (range.lowerBound - offset)..<(range.upperBound - offset),
                with: memory.copy(at: range.lowerBound, count: range.count))
        }
        return bytes
    }

    /// Puts kept bytes back. What they say outside of objects and arena is passed over.
    public func restore(_ bytes: [UInt8], at offset: Int) {
        let whole = offset..<(offset + bytes.count)
        for range in content.map({ $0.clamped(to: whole) }) where !range.isEmpty {
            memory.write(
                Array(bytes[(range.lowerBound - offset)..<(range.upperBound - offset)]),
                at: range.lowerBound)
        }
    }

    /// Zeros, where nothing was kept.
    public func restoreZeros(at offset: Int, count: Int) {
        let whole = offset..<(offset + count)
        for range in content.map({ $0.clamped(to: whole) }) where !range.isEmpty {
            if !memory.isZero(at: range.lowerBound, count: range.count) {
                memory.zero(at: range.lowerBound, count: range.count)
            }
        }
    }

    /// Forgets members, jobs, their output and who holds the directory. The host's part, while nobody
    /// has the region mapped; the region stays as it is called, and draining.
    public func forgetMembers() {
        memory.zero(at: layout.members, count: layout.directory - layout.members)
        memory.zero(at: layout.jobs, count: layout.arena - layout.jobs)
        memory.zero(at: Self.directoryLockOffset, count: SyncLayout.bytes)
    }

    /// Frees the objects of jobs: none of those jobs will ever run again.
    public func forgetJobObjects() {
        for object in objects where object.job != 0 { freeObject(object) }
    }
}

extension SharedMemory {
    /// Whether `bytes` bytes are all zero.
    public func isZero(at offset: Int, count bytes: Int) -> Bool {
        // SAFETY: in bounds; the bytes are looked at during the call only.
        unsafe AtollSystem.isZero(address(offset, bytes), count: bytes)
    }
}
