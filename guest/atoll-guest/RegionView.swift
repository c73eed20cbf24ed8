// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// What is found out about one region.
struct RegionView {
    let device: RegionDevice
    let region: Region
    /// This VM's; `nil`: it cannot be known, or the host has assigned none.
    let slot: Int?
    /// The path by which the agent serves it to jobs, where that is another one.
    let servedPath: [UInt8]?
    let locked: LockedOperation
    let random: RandomAccess
    /// What the kernel module says.
    let facts: ModuleFacts?

    init(_ device: RegionDevice, served: [ServedRegion], vm: UUID128?) throws(DeviceError) {
        self.device = device
        let region = try device.open()
        self.region = region
        let own = served.first { one in
            one.device.path == device.path
                || (try? one.device.open())?.identity.region == region.identity.region
        }
        slot = own?.slot ?? vm.flatMap { region.slot(of: $0) }
        servedPath = own.flatMap { $0.device.path == device.path ? nil : $0.device.path }
        locked = LockedOperation.measure(region)
        random = RandomAccess.measure(region)
        facts =
            device.mapping == .module
            ? (try? ModuleDevice(opening: device.pathText)).flatMap { try? $0.info() } : nil
    }

    /// Bytes of the largest page that the region is mapped with, as far as that can be known: through
    /// sysfs the kernel maps small ones.
    var page: UInt64 { facts.map { UInt64($0.largestPage) } ?? 4096 }

    var peers: [(slot: Int, record: MemberRecord, presence: MemberPresence)] {
        (0..<RegionLayout.memberSlots).compactMap { slot in
            let record = region.member(slot)
            guard record.state == .assigned else { return nil }
            return (slot, record, region.presence(slot))
        }
    }

    func isProcess(_ record: MemberRecord) -> Bool {
        record.vm == .process(named: record.name, in: region.identity.group)
    }

    // MARK: What follows

    /// What is slow, and what would mend it.
    var warnings: [Message] {
        var warnings: [Message] = []
        let remedy: Message = device.reason.remedy ?? "see the host's kernel-notes"
        if locked.looksUncached {
            warnings.append(
                "atomic operations are bus locks: \(locked.nanoseconds) ns here, \(locked.ownNanoseconds) ns on ordinary memory; they slow down the whole machine. Do: \(remedy)"
            )
        }
        if random.nanoseconds > 2 * random.ownNanoseconds, random.nanoseconds > 100 {
            warnings.append(
                "loads from anywhere take \(random.nanoseconds) ns, \(random.ownNanoseconds) ns in ordinary memory: the mapping is uncached, or its pages are too small. Do: \(remedy)"
            )
        }
        if device.hasDoorbell, facts == nil {
            warnings.append(
                "the device can interrupt this VM, and nobody takes the interrupts: waiting threads sleep by the clock. Do: \(remedy)"
            )
        }
        if let servedPath {
            warnings.append(
                "the agent serves the region by \(servedPath), from before \(device.path) could be used. Do: restart atoll-agent when no job runs"
            )
        }
        return warnings
    }
}
