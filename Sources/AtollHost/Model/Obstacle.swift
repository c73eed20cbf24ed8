// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What keeps a VM from taking regions. Checked before anything is changed: QEMU and libvirt refuse
/// late, or succeed without having done it.
enum Obstacle {
    /// Why `domain` cannot take these devices besides those it has; `nil`: it can.
    static func find(_ domain: Domain, adding devices: [SharedMemoryDevice]) -> APIError? {
        if domain.accelerator == .tcg && domain.maximumVCPUs < 2 {
            return APIError(
                code: .singleVCPU,
                message: "the VM is emulated with a single possible vCPU, "
                    + "where QEMU makes atomic operations that are not atomic", value: domain.name,
                remedy: "give it <vcpu current='1'>2</vcpu> or more and start it anew")
        }
        if let taken = devices.first(where: { device in
            (domain.live + domain.stored).contains { $0.name == device.name }
        }) {
            return APIError(
                code: .alreadyAttached, message: "the VM already has a device of this name",
                value: "\(domain.name): \(taken.name)",
                remedy: "remove it with `virsh detach-device`, or choose another region name")
        }
        guard domain.isActive, !devices.isEmpty else { return nil }
        return place(domain, devices)
    }

    private static func place(_ domain: Domain, _ devices: [SharedMemoryDevice]) -> APIError? {
        let largest = devices.map { $0.bytes }.max() ?? 0
        switch domain.pci.machine {
        case .other(let machine):
            return APIError(
                code: .unsupportedMachine,
                message: "no region can be plugged into this machine type",
                value: "\(domain.name): \(machine)", remedy: "use machine='pc' or machine='q35'")
        case .q35:
            if domain.pci.freeRootPorts.count < devices.count {
                return APIError(
                    code: .noFreeRootPort,
                    message: "the VM has \(domain.pci.freeRootPorts.count) free PCIe root ports "
                        + "and needs \(devices.count)", value: domain.name,
                    remedy:
                        "add <controller type='pci' model='pcie-root-port'/> to its definition, "
                        + "one for each region, and start it anew")
            }
            if domain.pci.window < largest {
                return windowTooSmall(
                    domain, largest,
                    "add <qemu:commandline><qemu:arg value='-global'/><qemu:arg value="
                        + "'pcie-root-port.pref64-reserve=\(reserve(largest))'/></qemu:commandline> "
                        + "to its definition and start it anew")
            }
        case .pc:
            let sum = devices.reduce(0) { $0 + $1.bytes }
            if domain.pci.window < sum {
                return windowTooSmall(
                    domain, sum,
                    "give its pci-root controller <pcihole64 unit='GiB'>"
                        + "\(max(4, sum >> 28))</pcihole64> and start it anew")
            }
        }
        return nil
    }

    /// Twice the size, for a window must also align the BAR.
    private static func reserve(_ bytes: UInt64) -> String { "\(max(2, bytes >> 19))M" }

    private static func windowTooSmall(_ domain: Domain, _ needed: UInt64, _ remedy: String)
        -> APIError
    {
        APIError(
            code: .pciWindowTooSmall,
            message:
                "the VM's PCI window of \(ByteSize(bytes: domain.pci.window)) is too small for "
                + "\(ByteSize(bytes: needed))", value: domain.name, remedy: remedy)
    }
}
