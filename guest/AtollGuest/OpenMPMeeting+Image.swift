// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

extension OpenMPMeeting {
    /// Rank 0's: takes the extent, empties and heads it.
    ///
    /// - Parameters:
    ///   - bytes: the user's wish; `nil`: as much as there is.
    ///   - least: below it the program cannot start.
    ///   - isReported: its threads keep figures.
    public func prepare(bytes: UInt64?, least: UInt64, stackLimit: UInt64, isReported: Bool)
        throws(Refusal) -> Image
    {
        let record = try makeImage(bytes: bytes, least: least)
        let isLocal = empty(record)
        let launcher = watch.board.launcher(watch.ticket)
        OpenMPImage.write(
            environment, to: region.memory, at: record.offset, bytes: record.bytes,
            members: watch.members.indices.map {
                (watch.members[$0].slot, watch.members[$0].incarnation, vm($0))
            }, lease: launcher.leaseMilliseconds * 1_000_000,
            flags: (isLocal ? OpenMPImage.isLocal : 0) | (isReported ? OpenMPImage.isReported : 0))
        return Image(offset: record.offset, bytes: record.bytes, stackLimit: stackLimit)
    }

    /// Zeros where the runtime counts on them. A plain file gives the memory of what was there before
    /// back, too. Whether it is one, whose users are all processes of this machine.
    private func empty(_ record: ObjectRecord) -> Bool {
        if let file = try? OwnedFD(
            opening: String(decoding: environment.region, as: UTF8.self), .write),
            let status = try? file.status(), status.kind == .regular,
            // A device's memory looks like a file too, but has no hole to make.
            (try? file.makeHole(offset: UInt64(record.offset), count: UInt64(record.bytes))) != nil
        {
            return true
        }
        let heap = record.bytes - OpenMPImage.heap
        let count = min(record.bytes, OpenMPImage.heap + OpenMPImage.records(heapBytes: heap))
        region.memory.zero(at: record.offset, count: count)
        return false
    }
}
