// SPDX-License-Identifier: Apache-2.0
import AtollHost

extension DomainXML {
    /// What decides whether one more shared-memory device finds a place.
    var topology: PCITopology {
        PCITopology(machine: machine, freeRootPorts: freeRootPorts, window: window)
    }

    private var machine: PCITopology.Machine {
        let name = os.type.machine ?? ""
        // libvirt stores the versioned name that a short one stood for when the VM was defined.
        if name == "q35" || name.hasPrefix("pc-q35-") { return .q35 }
        if name == "pc" || name.hasPrefix("pc-i440fx-") { return .pc }
        return .other(name)
    }

    private var freeRootPorts: [Int] {
        guard let devices else { return [] }
        return devices.controllers.filter(\.isHotplugRootPort).compactMap(\.index)
            .filter { !devices.occupiedBuses.contains($0) }.sorted()
    }

    private var window: UInt64 {
        switch machine {
        case .q35: usable(reserve: rootPortReserve ?? 2 << 20)
        case .pc: hole - min(hole, sharedMemoryBytes)
        // Nothing is known of it; the guest has the last word anyway.
        case .other: .max
        }
    }

    /// The firmware puts a window of `reserve` bytes at any multiple of 1 MiB, while a BAR lies at a
    /// multiple of its own size: only this much fits wherever the window begins.
    private func usable(reserve: UInt64) -> UInt64 {
        let fits = reserve / 2 + (1 << 19)
        return fits < 1 << 20 ? 0 : 1 << (63 - UInt64(fits.leadingZeroBitCount))
    }

    /// The 64-bit hole of i440FX: QEMU's default is 2 GiB.
    private var hole: UInt64 {
        let root = devices?.controllers.first { $0.type == "pci" && $0.model == "pci-root" }
        return root?.hole?.bytes(withoutUnit: 1024) ?? 2 << 30
    }

    private var sharedMemoryBytes: UInt64 {
        let sizes = devices?.sharedMemory.compactMap(\.bytes) ?? []
        return sizes.reduce(0) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(size)
            return overflow ? .max : next
        }
    }

    /// What QEMU was told by `-global`, in its short or its long form: the last one holds.
    private var rootPortReserve: UInt64? {
        let long = "driver=pcie-root-port,property=pref64-reserve,value="
        let forms = ["pcie-root-port.pref64-reserve=", long]
        let values = (commandLine?.arguments ?? []).compactMap { argument in
            forms.first { argument.value.hasPrefix($0) }
                .map { String(argument.value.dropFirst($0.count)) }
        }
        return values.last.flatMap(qemuSize)
    }

    /// QEMU's way to write a size: bytes, or a number with one letter of a unit.
    private func qemuSize(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = UInt64(digits) else { return nil }
        let unit = String(text.dropFirst(digits.count))
        guard unit.count <= 1 else { return nil }
        return ScaledSizeXML(unit: unit, number: number).bytes(withoutUnit: 1)
    }
}
