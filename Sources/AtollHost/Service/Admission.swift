// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation

/// The refusals of a region, all before anything is made.
extension HostService {
    func admit(_ spec: RegionSpec, _ row: RegionRow, in state: GroupState) async throws(APIError) {
        try Names.check(spec.name, of: "region")
        try checkSize(spec.size)
        guard state.regions.count < configuration.regionsPerGroup else {
            throw APIError(
                code: .tooManyRegions,
                message: "the group has \(state.regions.count) regions, the most that the daemon "
                    + "allows", value: spec.name,
                remedy: "delete one, or raise the setting regionsPerGroup")
        }
        if state.region(spec.name) != nil {
            throw APIError(
                code: .regionExists, message: "the group has a region of this name",
                value: spec.name, remedy: "choose another name")
        }
        try checkQuota(spec.size, state, guests: try await guests(of: state))
        try await checkNodes(row, in: state)
        if let obstacle = try store.obstacle(row.object) { throw obstacle }
        let device = SharedMemoryDevice(name: row.object, bytes: spec.size)
        for member in state.members {
            let domain = try await world { () throws(HypervisorError) in
                try await hypervisor.domain(member.vm)
            }
            if let domain = domain.map({ sized($0, by: state) }),
                let obstacle = Obstacle.find(domain, adding: [device])
            {
                throw obstacle
            }
        }
    }

    /// What depends on what other groups have.
    func admitBeside(others row: RegionRow, in state: GroupState) throws(APIError) {
        let size = UInt64(clamping: row.size)
        try checkOwner(size, state)
        if try !checkPages(row) { try checkHostMemory(size) }
    }

    private func checkSize(_ size: UInt64) throws(APIError) {
        let value = "\(ByteSize(bytes: size))"
        if size < RegionLayout.minimumBytes {
            throw APIError(
                code: .sizeTooSmall, message: "a region is at least 1 MiB", value: value,
                remedy: "give a size such as 1M or 64M")
        }
        if size & (size - 1) != 0 {
            let below = UInt64(1) << UInt64(63 - size.leadingZeroBitCount)
            throw APIError(
                code: .sizeNotPowerOfTwo,
                message: "a region's size is a power of two: QEMU aborts a running VM on any other",
                value: value,
                remedy: "use \(ByteSize(bytes: below)) or "
                    + "\(ByteSize(bytes: below.multipliedReportingOverflow(by: 2).partialValue))")
        }
        if size > RegionLayout.maximumBytes {
            throw APIError(
                code: .sizeTooLarge, message: "a region is at most 1 TiB", value: value,
                remedy: "use several regions")
        }
    }

    private func checkQuota(_ size: UInt64, _ state: GroupState, guests: UInt64) throws(APIError) {
        let quota = UInt64(clamping: state.group.quota)
        let available = quota - min(quota, UInt64(clamping: state.reserved) + guests)
        guard size > available else { return }
        throw APIError(
            code: .quotaExceeded,
            message: "the group's quota of \(ByteSize(bytes: UInt64(clamping: state.group.quota))) "
                + "has \(ByteSize(bytes: available)) left", value: "\(ByteSize(bytes: size))",
            remedy: "choose a smaller size, delete a region, or ask for a larger quota")
    }

    private func checkOwner(_ size: UInt64, _ state: GroupState) throws(APIError) {
        let owner = try ownerQuota(UInt32(clamping: state.group.owner))
        guard let quota = owner.quota else { return }
        let available = quota - min(quota, owner.reserved)
        guard size > available else { return }
        throw APIError(
            code: .quotaExceeded,
            message: "the owner's quota of \(ByteSize(bytes: quota)) for all groups has "
                + "\(ByteSize(bytes: available)) left", value: "\(ByteSize(bytes: size))",
            remedy: "choose a smaller size, delete a region, or ask for a larger quota")
    }

    private func checkHostMemory(_ size: UInt64) throws(APIError) {
        let now = availableMemory()
        let available = now - min(now, promised())
        guard size > available else { return }
        throw APIError(
            code: .hostMemory,
            message: "the host has \(ByteSize(bytes: available)) left for regions",
            value: "\(ByteSize(bytes: size))",
            remedy: "choose a smaller size, delete a region, or stop a VM")
    }

    /// What the kernel can give and the memory directory can hold, less the reserve.
    func availableMemory() -> UInt64 {
        let memory = HostMemory.now().available
        let attributes = try? FileManager.default.attributesOfFileSystem(
            forPath: configuration.memoryDirectory)
        let room = (attributes?[.systemFreeSize] as? NSNumber)?.uint64Value ?? memory
        let least = min(memory, room)
        return least > configuration.memoryReserve ? least - configuration.memoryReserve : 0
    }
}
