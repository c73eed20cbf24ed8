// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
public import AtollSystem

/// A job's process: where in the job it stands.
public struct JobPlace: Sendable, Equatable {
    public let ticket: JobTicket
    public let rank: Int
    public let vms: Int
    public let threadsPerVM: Int

    /// `nil` where the member takes no part in the job.
    public init?(_ ticket: JobTicket, on board: JobBoard, of member: Membership) {
        guard
            let rank = board.rank(of: member.slot, incarnation: member.incarnation, in: ticket)
        else { return nil }
        self.ticket = ticket
        self.rank = rank
        vms = board.parts(ticket)
        let asked = board.threadsPerVM(ticket)
        threadsPerVM = asked > 0 ? asked : Self.fewestVCPUs(ticket, on: board)
    }

    /// All agents must come to the same number, so it is the smallest member's, not one's own.
    private static func fewestVCPUs(_ ticket: JobTicket, on board: JobBoard) -> Int {
        var fewest = Int.max
        for rank in 0..<board.parts(ticket) {
            let slot = board.part(ticket, rank: rank).slot
            guard slot < RegionLayout.memberSlots else { continue }
            let vcpus = board.region.presence(slot).vcpus
            if vcpus > 0 { fewest = min(fewest, vcpus) }
        }
        return fewest == Int.max ? 1 : fewest
    }
}

/// What a job's process finds in its environment: little, then what the job asks for, then where it
/// is. Nothing of the agent's own environment, which is root's, goes along.
public struct JobEnvironment: Sendable {
    public private(set) var variables: [[UInt8]] = []

    public init(_ place: JobPlace, _ member: Membership, account: Account?, job: [[UInt8]]) {
        if let account {
            set("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin".bytes)
            set("HOME", account.home)
            set("USER", account.name)
            set("LANG", Invocation.variable("LANG") ?? "C.UTF-8".bytes)
        } else {
            // As ourselves: then these are the user's own.
            for name in ["PATH", "HOME", "USER", "LANG"] {
                if let value = Invocation.variable(name) { set(name, value) }
            }
        }
        for variable in job { set(variable) }
        for variable in Self.identity(place, member) { set(variable) }
        set("ATOLL_REGION_BYTES", Int(member.device.bytes))
        set("ATOLL_JOB_INDEX", place.ticket.index)
        set("ATOLL_RANK", place.rank)
        set("ATOLL_VMS", place.vms)
        set("ATOLL_THREADS_PER_VM", place.threadsPerVM)
        set("ATOLL_VM_NAME", member.name)
    }

    /// What no other part of any job has the same of.
    static func identity(_ place: JobPlace, _ member: Membership) -> [[UInt8]] {
        [
            "ATOLL_REGION=".bytes + member.device.path,
            "ATOLL_JOB=".bytes + Message.decimal(Int(truncatingIfNeeded: place.ticket.number)),
            "ATOLL_SLOT=".bytes + Message.decimal(member.slot),
            "ATOLL_INCARNATION=".bytes
                + Message.decimal(Int(truncatingIfNeeded: member.incarnation)),
        ]
    }

    private mutating func set(_ name: String, _ value: Int) { set(name, Message.decimal(value)) }
    private mutating func set(_ name: String, _ value: [UInt8]) {
        set(name.bytes + [0x3d] + value)
    }

    /// A name that is set twice has its last value; what is no `NAME=VALUE` is left out.
    private mutating func set(_ variable: [UInt8]) {
        guard let equals = variable.firstIndex(of: 0x3d), equals > 0 else { return }
        let name = variable[...equals]
        variables.removeAll { $0.starts(with: name) }
        variables.append(variable)
    }
}
