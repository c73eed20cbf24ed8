// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Testing

@testable import AtollLibvirt

@Suite struct TopologyTests {
    @Test(arguments: [
        ("pc", PCITopology.Machine.pc), ("pc-i440fx-7.2", .pc), ("q35", .q35),
        ("pc-q35-7.2", .q35), ("microvm", .other("microvm")), ("pcx", .other("pcx")),
    ])
    func machines(_ name: String, _ expected: PCITopology.Machine) throws {
        #expect(try DomainFixture(machine: name).topology().machine == expected)
    }

    @Test func aRootPortWithAnythingBehindItIsTaken() throws {
        let devices =
            rootPorts(1...5)
                + """
                <interface type='user'>
                  <mac address='52:54:00:00:00:01'/>
                  <model type='virtio'/>
                  <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
                </interface>
                <hostdev mode='subsystem' type='pci'>
                  <source><address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/></source>
                  <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
                </hostdev>
                <disk type='file' device='disk'>
                  <target dev='sda' bus='sata'/>
                  <address type='drive' controller='0' bus='5' target='0' unit='0'/>
                </disk>
                <brandnew>
                  <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>
                </brandnew>
                """
        // 3 is the host's bus of a passed-through device, not the guest's.
        #expect(
            try DomainFixture(machine: "q35", devices: devices).topology().freeRootPorts == [1, 3])
    }

    @Test func aBridgeBehindARootPortTakesIt() throws {
        let bridge = """
            <controller type='pci' index='9' model='pcie-to-pci-bridge'>
              <model name='pcie-pci-bridge'/>
              <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
            </controller>
            """
        let devices = rootPorts(1...2) + bridge
        #expect(try DomainFixture(machine: "q35", devices: devices).topology().freeRootPorts == [2])
    }

    @Test func indexesBeyondNineAreHexadecimalInAddresses() throws {
        let devices = rootPorts(10...16) + shmem("r", bus: 16)
        let free = try DomainFixture(machine: "q35", devices: devices).topology().freeRootPorts
        #expect(free == Array(10...15))
    }

    @Test func aRootPortWithoutHotplugIsNotFree() throws {
        let devices = rootPorts(1...1, target: "hotplug='off'")
        #expect(try DomainFixture(machine: "q35", devices: devices).topology().freeRootPorts == [])
    }

    @Test func noRootPortsNoPlace() throws {
        #expect(try DomainFixture(machine: "q35").topology().freeRootPorts == [])
    }

    /// A size in MiB, to keep the tables below short.
    static let mib: UInt64 = 1 << 20

    @Test(arguments: [
        ("4G", 2048 * mib), ("64M", 32 * mib), ("127M", 64 * mib), ("4294967296", 2048 * mib),
        ("1g", 512 * mib), ("2M", mib), ("1M", mib), ("0", 0),
        ("lots", mib), ("99999999999T", mib), ("", mib),
    ])
    func windowOfARootPort(_ reserve: String, _ expected: UInt64) throws {
        let arguments = ["-global", "pcie-root-port.pref64-reserve=\(reserve)"]
        let fixture = DomainFixture(machine: "q35", devices: rootPorts(1...1), arguments: arguments)
        #expect(try fixture.topology().window == expected)
    }

    @Test func withoutAReserveOneMebibyteFits() throws {
        var fixture = DomainFixture(machine: "q35", devices: rootPorts(1...1))
        #expect(try fixture.topology().window == Self.mib)
        fixture.arguments = ["-global", "pcie-root-port.mem-reserve=4G"]
        #expect(try fixture.topology().window == Self.mib)
    }

    @Test func theLastReserveHolds() throws {
        let key = "pcie-root-port.pref64-reserve"
        let fixture = DomainFixture(
            machine: "q35", arguments: ["-global", "\(key)=1M", "-global", "\(key)=1G"])
        #expect(try fixture.topology().window == 512 * Self.mib)
    }

    @Test func theLongFormCountsToo() throws {
        let long = "driver=pcie-root-port,property=pref64-reserve,value=1G"
        let fixture = DomainFixture(machine: "q35", arguments: ["-global", long])
        #expect(try fixture.topology().window == 512 * Self.mib)
    }

    private static let exabytes = "<size unit='E'>15</size>"

    @Test(arguments: [
        ("", "", 2048 * mib),
        ("<pcihole64 unit='KiB'>67108864</pcihole64>", "", 65536 * mib),
        ("<pcihole64>1048576</pcihole64>", "", 1024 * mib),
        ("", shmem("a") + shmem("b", size: ""), 2028 * mib),
        ("<pcihole64 unit='KiB'>1024</pcihole64>", shmem("a"), 0),
        ("", shmem("a", size: exabytes) + shmem("b", size: exabytes), 0),
    ])
    func windowOfI440FX(_ hole: String, _ others: String, _ expected: UInt64) throws {
        let root = "<controller type='pci' index='0' model='pci-root'>\(hole)</controller>"
        #expect(try DomainFixture(devices: root + others).topology().window == expected)
    }
}
