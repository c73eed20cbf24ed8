// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// This VM's place in one region: its slot, as one incarnation.
public struct Membership: Sendable {
    public let region: Region
    public let device: RegionDevice
    public let vm: UUID128
    public let slot: Int
    public let incarnation: UInt64
    public let name: [UInt8]
    /// What one locked operation takes here, and on memory of our own.
    public let locked: LockedOperation

    /// Joins the region of a device. `nil` while the host has assigned no slot to this VM.
    ///
    /// The slot is found by the VM's UUID: the device tells a guest nothing about itself. The host
    /// gives a VM that was lost a new incarnation, and with it the same bytes begin anew. `prepare` is
    /// called when nothing else is to be done before others may send jobs.
    public static func join(
        _ device: RegionDevice, vm: UUID128, vcpus: Int, prepare: () -> Void = {}
    ) throws(DeviceError) -> Membership? {
        try join(device, as: .vm(vm), vcpus: vcpus, prepare: prepare)
    }

    /// The same for whichever kind of member.
    public static func join(
        _ device: RegionDevice, as identity: MemberIdentity, vcpus: Int,
        prepare: () -> Void = {}
    ) throws(DeviceError) -> Membership? {
        let region = try device.open()
        let vm = identity.uuid(in: region)
        guard let slot = region.slot(of: vm) else { return nil }
        let record = region.member(slot)
        guard record.state == .assigned, record.vm == vm else { return nil }
        // Nothing of this boot has slept or stored yet.
        if region.presence(slot).incarnation != record.incarnation {
            region.forgetSleepers(of: slot)
        }
        let locked = LockedOperation.measure(region, slot: slot)
        prepare()
        region.join(
            slot: slot,
            MemberPresence(
                incarnation: record.incarnation, state: .joined, vcpus: vcpus,
                mapping: device.mapping, lockedOperation: UInt32(clamping: locked.nanoseconds),
                heartbeat: 0))
        return Membership(
            region: region, device: device, vm: vm, slot: slot, incarnation: record.incarnation,
            name: record.name, locked: locked)
    }

    public func beat() { region.beat(slot: slot) }

    /// Says that this VM lets go of the region. Silent where the slot is no longer ours.
    public func leave() {
        let record = region.member(slot)
        guard record.vm == vm, record.incarnation == incarnation else { return }
        region.leave(slot: slot)
    }

    /// What has become of the membership.
    public enum Fate: Sendable, Equatable {
        case holds
        /// The host wants the region back.
        case draining
        /// The bytes are no longer those of the region: it was unplugged.
        case gone
        /// The host took the slot away, or gave it to a new incarnation.
        case revoked
    }

    public var fate: Fate {
        switch region.state {
        case .absent: return .gone
        case .draining: return .draining
        case .ready: break
        }
        let record = region.member(slot)
        let isOurs =
            record.state == .assigned && record.incarnation == incarnation && record.vm == vm
        return isOurs ? .holds : .revoked
    }
}
