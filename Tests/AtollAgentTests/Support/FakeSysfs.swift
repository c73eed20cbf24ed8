// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import Foundation

/// A tree as sysfs has it, in memory: devices, and this VM's UUID.
final class FakeSysfs: @unchecked Sendable {
    let root: String
    var tree: DeviceTree { DeviceTree(root: root) }

    init(vm: UUID128 = TestRegion.vm(0)) throws {
        root = "/dev/shm/atoll-test-sysfs.\(getpid()).\(UInt64.random(in: 0 ... .max))"
        try write("class/dmi/id/product_uuid", String(decoding: vm.text, as: UTF8.self) + "\n")
        try FileManager.default.createDirectory(
            atPath: root + "/bus/pci/devices", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: root).appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func device(_ address: String) -> String { root + "/bus/pci/devices/" + address }

    /// Adds a device. Without `resources` its BAR 2 holds `bytes` bytes.
    func add(
        _ address: String, vendor: String = "0x1af4", device: String = "0x1110",
        bytes: Int = 1 << 20,
        resources: String? = nil, files: [String] = []
    ) throws {
        let home = "bus/pci/devices/\(address)/"
        try write(home + "vendor", vendor + "\n")
        try write(home + "device", device + "\n")
        let start = 0xfe00_0000_0000
        let line = { (start: Int, end: Int, flags: Int) in
            "0x"
                + [start, end, flags].map { String(format: "%016lx", $0) }.joined(separator: " 0x")
                + "\n"
        }
        let text =
            line(0xfebf_1000, 0xfebf_10ff, 0x40200) + line(0, 0, 0)
            + line(start, start + bytes - 1, 0x14220c) + line(0, 0, 0)
        try write(home + "resource", resources ?? text)
        for file in files { try write(home + file, "") }
    }

    /// Plugs a device in that holds a new region; the VM has slot 3 there.
    func plug(_ address: String, name: String, member: Int = 0, file: String = "resource2_wc")
        throws
        -> TestRegion
    {
        let hidden = root + "/\(name).\(UInt64.random(in: 0 ... .max))"
        let region = try TestRegion(path: hidden, name: name)
        region.assign(member)
        try add(address)
        try FileManager.default.linkItem(atPath: hidden, toPath: device(address) + "/" + file)
        return region
    }

    func unplug(_ address: String) throws {
        try FileManager.default.removeItem(atPath: device(address))
    }
}
