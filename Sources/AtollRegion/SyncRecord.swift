// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// A named synchronisation object as who looks from outside sees it: the host, a launcher. Guests write
/// all of it: it is for people to look at, and no proof of anything.
public struct SyncRecord: Sendable, Equatable {
    public let object: ObjectRecord
    /// What it is; of a team's object, its barrier.
    public let kind: ObjectKind
    public let figures: SyncFigures
    /// `nil` where nobody holds it, or nobody can.
    public let holder: OwnerName?
    /// A holder died, and nobody has repaired what it protects.
    public let isPoisoned: Bool
}

extension SyncFigures {
    /// Microseconds that `percent` of 100 waits were shorter than, to a power of two; `nil` while there
    /// were none. Of waits in the last bucket nobody knows how long they were: it gives the bucket's
    /// start doubled, as of the others.
    public func wait(percent: UInt64) -> UInt64? {
        let all = waits.reduce(0) { $0 + UInt64($1) }
        guard all > 0 else { return nil }
        let wanted = max(1, (all * min(percent, 100) + 99) / 100)
        var seen: UInt64 = 0
        for (bucket, count) in waits.enumerated() {
            seen += UInt64(count)
            if seen >= wanted { return 2 << UInt64(bucket) }
        }
        return nil
    }
}

extension Region {
    /// What this object says of its use, and a team's object of its barrier; `nil` where it is none that
    /// does, or too small for it.
    public func sync(_ object: ObjectRecord) -> SyncRecord? {
        guard object.state == .ready, let at = figures(of: object),
            let figures = SyncFigures(memory, at: at)
        else { return nil }
        meter?.add(SyncLayout.bytes)
        let hasHolder = object.kind.hasHolder
        return SyncRecord(
            object: object, kind: object.kind == .team ? .barrier : object.kind, figures: figures,
            holder: hasHolder ? OwnerName(word: figures.word) : nil,
            isPoisoned: hasHolder && figures.word & ATOLL_OWNER_POISONED != 0)
    }

    /// Where they lie.
    private func figures(of object: ObjectRecord) -> Int? {
        if object.kind == .team {
            guard let (_, layout) = teamHead(object) else { return nil }
            return object.offset + layout.barrier
        }
        return object.kind.hasFigures && object.bytes >= SyncLayout.bytes ? object.offset : nil
    }
}
