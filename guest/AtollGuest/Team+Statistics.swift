// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

extension Team {
    /// What an object says of its use; `nil` where none lies there, or one that does not say.
    ///
    /// - Parameter handle: the object's; 0: the team's barrier.
    public func statistics(handle: UInt64) -> SyncRecord? {
        // The lowest bit of a lock's says that it is recursive.
        let offset = handle == 0 ? block.offset : Int(truncatingIfNeeded: handle & ~1)
        let object = region.objects.first { $0.offset == offset }
        return object.flatMap { region.sync($0) }
    }
}
