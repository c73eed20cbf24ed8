// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import Testing

@Suite struct DeviceTreeTests {
    @Test func findsIvshmemDevicesAlone() throws {
        let sysfs = try FakeSysfs()
        try sysfs.add("0000:00:02.0", device: "0x1111", files: ["resource2"])
        try sysfs.add("0000:00:03.0", vendor: "0x8086", files: ["resource2"])
        try sysfs.add("0000:00:05.0", bytes: 64 << 20, files: ["resource2"])
        let devices = sysfs.tree.devices()
        #expect(devices.count == 1)
        let device = try #require(devices.first)
        #expect(
            String(decoding: device.path, as: UTF8.self) == sysfs.device("0000:00:05.0/resource2"))
        #expect(device.bytes == 64 << 20)
        #expect(device.mapping == .sysfs)
    }

    @Test func prefersWriteCombining() throws {
        let sysfs = try FakeSysfs()
        try sysfs.add("0000:00:05.0", files: ["resource2", "resource2_wc"])
        let device = try #require(sysfs.tree.devices().first)
        #expect(device.mapping == .sysfsWriteCombining)
        #expect(
            String(decoding: device.path, as: UTF8.self)
                == sysfs.device("0000:00:05.0/resource2_wc"))
    }

    @Test(arguments: [
        (nil as String?, PathReason.noModule), ("misc", .noNode),
    ])
    func saysWhyNotTheModule(kind: String?, reason: PathReason) throws {
        let sysfs = try FakeSysfs()
        try sysfs.add("0000:00:05.0", files: ["resource2"])
        if let kind {
            try sysfs.write("bus/pci/devices/0000:00:05.0/\(kind)/atoll7/dev", "10:1\n")
        }
        let tree = DeviceTree(root: sysfs.root, nodes: sysfs.root)
        let device = try #require(tree.devices().first)
        #expect(device.mapping == .sysfs && device.reason == reason)
        // A node of something else.
        guard kind != nil else { return }
        try sysfs.write("atoll7", "")
        let other = try #require(tree.devices().first)
        #expect(other.mapping == .sysfs && other.reason == .otherModule)
        #expect(other == device)
        #expect(other.reason.remedy != nil)
    }

    @Test(arguments: [
        // No place in memory: the bridge's window was too small.
        "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0000000000000000 0x0000000000000000 0x0000000000000000\n",
        "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0000000000000000 0x0000000003ffffff 0x000000000014220c\n",
        "0x0 0x0 0x0\n", "", "nonsense\nnonsense\nnonsense\n",
        "0x0 0x0 0x0\n0x0 0x0 0x0\n0x2000 0x1000 0x0\n",
        "0x0 0x0 0x0\n0x0 0x0 0x0\n0x1 0xffffffffffffffff 0x0\n",
        "0x0 0x0 0x0\n0x0 0x0 0x0\n0x1 0x123456789abcdef01 0x0\n",
    ])
    func leavesOutWhatHasNoMemory(resources: String) throws {
        let sysfs = try FakeSysfs()
        try sysfs.add("0000:00:05.0", resources: resources, files: ["resource2"])
        #expect(sysfs.tree.devices().isEmpty)
    }

    @Test func leavesOutWhatIsHalfGone() throws {
        let sysfs = try FakeSysfs()
        try sysfs.add("0000:00:05.0")
        try sysfs.write("bus/pci/devices/0000:00:06.0/vendor", "0x1af4\n")
        #expect(sysfs.tree.devices().isEmpty)
    }

    @Test func aTreeThatIsNotThereHasNoDevices() {
        let tree = DeviceTree(root: "/dev/shm/atoll-test-no-such-tree")
        #expect(tree.devices().isEmpty)
        #expect(tree.machine() == nil)
    }

    @Test func tellsADeviceFromItsSuccessor() throws {
        let sysfs = try FakeSysfs()
        let first = try sysfs.plug("0000:00:05.0", name: "a")
        let before = sysfs.tree.devices()
        try sysfs.unplug("0000:00:05.0")
        let second = try sysfs.plug("0000:00:05.0", name: "a")
        #expect(before.count == 1)
        #expect(sysfs.tree.devices().count == 1)
        #expect(before != sysfs.tree.devices())
        withExtendedLifetime((first, second)) {}
    }

    @Test(arguments: [
        "000000a0-0000-0000-0000-000000000000", "000000A0-0000-0000-0000-000000000000\n",
    ])
    func readsTheMachinesUUID(text: String) throws {
        let sysfs = try FakeSysfs()
        try sysfs.write("class/dmi/id/product_uuid", text)
        #expect(sysfs.tree.machine() == UUID128(high: 0xa0_0000_0000, low: 0))
        try sysfs.write("class/dmi/id/product_uuid", "Not Settable\n")
        #expect(sysfs.tree.machine() == nil)
    }
}
