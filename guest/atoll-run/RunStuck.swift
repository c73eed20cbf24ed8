// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// Names the threads that have not come to a barrier of the job while all others have waited there for
/// long. Said once for each time it happens.
struct StuckWatch {
    private let region: Region
    private let job: UInt64
    private let bound: UInt64
    private var lastLook: UInt64 = 0
    private var told: [Int] = []

    private static var named: Int { 8 }

    /// - Parameter bound: nanoseconds.
    init(_ region: Region, job: UInt64, bound: UInt64) {
        self.region = region
        self.job = job
        self.bound = bound
    }

    /// What is new. A look each second, or each half of the bound, reads a line for each thread.
    mutating func look(now: UInt64, names: [[UInt8]]) -> [Message] {
        guard bound > 0, now - lastLook >= min(1_000_000_000, bound / 2) else { return [] }
        lastLook = now
        var stuck: [Int] = []
        var sentences: [Message] = []
        for object in region.objects where object.job == job {
            guard let team = region.team(object), team.isStuck(bound: bound) else { continue }
            stuck.append(object.offset)
            if !told.contains(object.offset) { sentences.append(sentence(team, names)) }
        }
        told = stuck
        return sentences
    }

    private func sentence(_ team: TeamRecord, _ names: [[UInt8]]) -> Message {
        let missing = team.missing
        var list: Message = ""
        for thread in missing.prefix(Self.named) {
            let separator: Message = list.bytes.isEmpty ? "" : "; "
            list = "\(list)\(separator)\(title(thread, team, names))"
        }
        if missing.count > Self.named { list = "\(list) and \(missing.count - Self.named) more" }
        let seconds = bound / 1_000_000_000
        return
            "the job seems stuck: \(team.size - missing.count) of \(team.size) threads have waited at a barrier for more than \(seconds) s; not come: \(list)"
    }

    private func title(_ thread: TeamThreadRecord, _ team: TeamRecord, _ names: [[UInt8]])
        -> Message
    {
        let vm = team.threadsPerVM > 0 ? thread.rank / team.threadsPerVM : names.count
        let name: Message =
            vm < names.count ? "VM \(names[vm]) rank \(thread.rank)" : "rank \(thread.rank)"
        guard thread.waitingOn != 0 else { return name }
        for object in region.objects where UInt64(object.offset) == thread.waitingOn {
            return "\(name), which waits for \(object.name)"
        }
        return name
    }
}
