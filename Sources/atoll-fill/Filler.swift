// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// Takes the pages of one file, in steps. Before each it looks whether
/// somebody still wants this, and whether there is room: a page that there is no room for would cost
/// a process its life, which need not be this one.
struct Filler {
    let task: FillTask

    /// Bytes: a thirtieth of a second's work.
    ///
    /// One thread with fallocate(2), which lets no second one into a file: on the machines tried, two
    /// that write to mapped pages instead (MADV_POPULATE_WRITE) are slower than it is alone.
    static let step: UInt64 = 64 << 20

    func run(progress: (UInt64) -> Void) throws(Failure) {
        // Not the VMs: were there no memory after all, the kernel shall choose this process.
        try? ControlFile.write("1000", to: "/proc/self/oom_score_adj")
        for file in task.joins {
            do throws(Errno) { try ControlFile.write("0", to: file) } catch {
                throw .system(error, "join \(file)")
            }
        }
        let file: OwnedFD
        do throws(Errno) { file = try OwnedFD(opening: task.path, .write) } catch {
            throw .system(error, "open \(task.path)")
        }
        var done: UInt64 = 0
        while done < task.bytes {
            if inputIsClosed() { throw .cancelled }
            let left = task.bytes - done
            try look(for: left)
            let count = min(left, Self.step)
            do throws(Errno) { try file.allocate(offset: done, count: count) } catch {
                throw reason(of: error, left: left)
            }
            done += count
            progress(done)
        }
    }

    /// Whether all of the rest has room now.
    private func look(for left: UInt64) throws(Failure) {
        // The kernel's own bookkeeping is charged too: a node for each 64 pages, the tables of what
        // is mapped, and what each processor takes ahead.
        let needed = left + left / 256 + 256 << 10
        for wall in task.walls {
            guard let room = wall.room(), room < needed else { continue }
            throw .overQuota(needed: left, available: room)
        }
        if let room = hostRoom() {
            let free = room > task.reserve ? room - task.reserve : 0
            if free < left { throw .noMemory(needed: left, available: free) }
        }
    }

    /// The kernel refused a page: for the account's sake, or because there is none.
    private func reason(of error: Errno, left: UInt64) -> Failure {
        let room = task.walls.compactMap { $0.room() }.min()
        switch error {
        case .noMemory where room != nil && room! < left:
            return .overQuota(needed: left, available: room!)
        case .noMemory, .noSpace:
            let available = task.pages == "4KiB" ? Machine.freeBytes(at: task.path) : 0
            return task.pages == "4KiB"
                ? .noMemory(needed: left, available: min(available, hostRoom() ?? available))
                : .noHugePages(needed: left, available: available)
        default: return .system(error, "fill \(task.path)")
        }
    }
}

/// Whether whoever started this has gone, or no longer wants it.
private func inputIsClosed() -> Bool {
    var set = PollSet()
    let input = set.addReading(0)
    set.wait(milliseconds: 0)
    return set.isReady(input)
}
