// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// Which part of which job a process is: what its agent has put into its environment.
public struct TeamEnvironment: Sendable, Equatable {
    public var region: [UInt8]
    public var regionBytes: Int
    public var job: UInt64
    public var jobIndex: Int
    public var slot: Int
    public var incarnation: UInt64
    public var rank: Int
    public var vms: Int
    public var threadsPerVM: Int

    public init(
        region: [UInt8], regionBytes: Int, job: UInt64, jobIndex: Int, slot: Int,
        incarnation: UInt64, rank: Int, vms: Int, threadsPerVM: Int
    ) {
        self.region = region
        self.regionBytes = regionBytes
        self.job = job
        self.jobIndex = jobIndex
        self.slot = slot
        self.incarnation = incarnation
        self.rank = rank
        self.vms = vms
        self.threadsPerVM = threadsPerVM
    }

    /// From this process's environment.
    ///
    /// - Throws: ``TeamError/environment(_:)`` with the first variable that is missing or bad.
    public init() throws(TeamError) {
        guard let region = Self.value(.region), !region.isEmpty else { throw .environment(.region) }
        self.region = region
        let most = UInt64(RegionLayout.memberSlots)
        regionBytes = Int(try Self.number(.regionBytes, 1...(1 << 40)))
        job = try Self.number(.job, 1...(UInt64.max >> 8))
        jobIndex = Int(try Self.number(.jobIndex, 0...0xffff))
        slot = Int(try Self.number(.slot, 0...(most - 1)))
        incarnation = try Self.number(.incarnation, 1...UInt64.max)
        vms = Int(try Self.number(.vms, 1...most))
        rank = Int(try Self.number(.rank, 0...UInt64(vms - 1)))
        threadsPerVM = Int(try Self.number(.threadsPerVM, 1...UInt64(TeamLayout.largestTeam)))
    }

    /// Whether this process was started as part of a job.
    public static var isPresent: Bool { value(.job) != nil }

    private static func value(_ variable: TeamVariable) -> [UInt8]? {
        Invocation.variable(variable.name)
    }

    private static func number(_ variable: TeamVariable, _ range: ClosedRange<UInt64>)
        throws(TeamError) -> UInt64
    {
        guard let text = value(variable), let number = decimal(text), range.contains(number) else {
            throw .environment(variable)
        }
        return number
    }
}
