// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Foundation
import FoundationXML
import Testing

@testable import AtollLibvirt

@Suite struct DeviceXMLTests {
    @Test(
        arguments: [
            ("", 4 << 20), ("<size unit='M'>16</size>", 16 << 20),
            ("<size unit='MiB'>1</size>", 1 << 20),
            ("<size>1048576</size>", 1 << 20), ("<size unit='bytes'>4096</size>", 4096),
            ("<size unit='k'>2</size>", 2048), ("<size unit='KB'>2</size>", 2000),
            ("<size unit='gib'>3</size>", 3 << 30), ("<size unit='GB'>3</size>", 3_000_000_000),
            ("<size unit='T'>1</size>", 1 << 40), ("<size unit='PiB'>1</size>", 1 << 50),
            ("<size unit='E'>1</size>", 1 << 60),
            ("<size unit='E'>16</size>", nil), ("<size unit='parsec'>1</size>", nil),
            ("<size unit='M\u{e9}'>1</size>", nil),
        ] as [(String, UInt64?)])
    func sizes(_ element: String, _ expected: UInt64?) throws {
        let devices = try DomainFixture(devices: shmem("r", size: element)).parsed().devices
        #expect(devices?.sharedMemory.first?.bytes == expected)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let device = ShmemXML(SharedMemoryDevice(name: "atoll.g.r", bytes: 64 << 20), rootPort: 26)
        let text = try LibvirtXML.encode(device)
        #expect(try LibvirtXML.decode(ShmemXML.self, from: text) == device)
        for part in [
            "<shmem name=\"atoll.g.r\">", "<model type=\"ivshmem-plain\"",
            "<size unit=\"B\">67108864</size>",
            "bus=\"0x1a\"", "slot=\"0x00\"", "function=\"0x0\"", "<alias name=\"ua-atoll-",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test func aDoorbellIsWrittenWithItsServerAndNoSize() throws {
        let bell = SharedMemoryDevice.Doorbell(socket: "/run/a'b/s.sock", vectors: 2)
        let device = ShmemXML(
            SharedMemoryDevice(name: "atoll.g.r", bytes: 64 << 20, doorbell: bell), rootPort: 26)
        let text = try LibvirtXML.encode(device)
        let read = try LibvirtXML.decode(ShmemXML.self, from: text)
        #expect(read == device)
        #expect(read.doorbell == bell && read.canBeRegion)
        #expect(!text.contains("<size"))
        for part in [
            "<model type=\"ivshmem-doorbell\"", "vectors=\"2\"", "ioeventfd=\"on\"", "bus=\"0x1a\"",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test(
        arguments: [
            ("relative", 2), ("", 2), ("/a\nb", 2), ("/" + String(repeating: "p", count: 107), 2),
            ("/s", 0), ("/s", 65),
        ])
    func whatIsNoDoorbellIsRefused(_ socket: String, _ vectors: Int) {
        let device = SharedMemoryDevice(
            name: "r", bytes: 1 << 20, doorbell: .init(socket: socket, vectors: vectors))
        #expect(device.refusal() != nil)
        var sound = device
        sound.doorbell = .init(socket: "/" + String(repeating: "p", count: 106), vectors: 64)
        #expect(sound.refusal() == nil)
    }

    @Test func withoutARootPortThePlaceIsLeftToLibvirt() throws {
        let text = try LibvirtXML.encode(ShmemXML(SharedMemoryDevice(name: "r", bytes: 1 << 20)))
        #expect(!text.contains("address"))
        #expect(!text.contains("role"))
    }

    @Test(arguments: [
        "a'b", "a\"b", "a<b>&amp;", "]]>", "'/><hostdev/>", "\u{1f3dd}", " r ", "a--b", "%s%n",
    ])
    func hostileNamesStayNames(_ name: String) throws {
        let device = ShmemXML(SharedMemoryDevice(name: name, bytes: 1 << 20))
        let text = try LibvirtXML.encode(device)
        #expect(try LibvirtXML.decode(ShmemXML.self, from: text) == device)
        // The reader of another library agrees on where the name ends.
        let parser = XMLParser(data: Data(text.utf8))
        let elements = ElementNames()
        parser.delegate = elements
        #expect(parser.parse())
        #expect(elements.names == ["shmem", "model", "size", "alias"])
    }

    @Test(
        arguments: [
            ("r", 3 << 20, "power of two"), ("r", 1 << 19, "1 MiB"), ("r", 0, "power of two"),
            ("r", .max, "power of two"), ("", 1 << 20, "cannot name"),
            (".", 1 << 20, "cannot name"),
            ("..", 1 << 20, "cannot name"), ("a/b", 1 << 20, "cannot name"),
            (String(repeating: "x", count: 256), 1 << 20, "cannot name"),
            ("a\0b", 1 << 20, "control"),
            ("a\nb", 1 << 20, "control"), ("a\u{1b}b", 1 << 20, "control"),
        ] as [(String, UInt64, String)])
    func theLastWall(_ name: String, _ bytes: UInt64, _ reason: String) {
        let refusal = SharedMemoryDevice(name: name, bytes: bytes).refusal()
        #expect(refusal?.contains(reason) == true, "\(refusal ?? "nothing refused")")
    }

    @Test(arguments: [1 << 20, 64 << 20, 1 << 40] as [UInt64])
    func whatIsSoundPassesTheWall(_ bytes: UInt64) {
        #expect(SharedMemoryDevice(name: "atoll.g.r", bytes: bytes).refusal() == nil)
    }
}

private final class ElementNames: NSObject, XMLParserDelegate {
    var names: [String] = []

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?,
        qualifiedName _: String?,
        attributes _: [String: String]
    ) { names.append(name) }
}

@Suite struct DeviceAliasTests {
    @Test func aPlainNameIsRecognisable() {
        #expect(deviceAlias(for: "heat_grid-1") == "ua-atoll-heat_grid-1")
    }

    @Test(arguments: [
        "atoll.g.r", "a b", "\u{e9}", "'/><x/>", String(repeating: "x", count: 255), "a\0b", "",
    ])
    func whatLibvirtWouldDropIsReplaced(_ name: String) {
        let alias = deviceAlias(for: name)
        #expect(alias.hasPrefix("ua-"))
        #expect(alias.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil, "\(alias)")
        #expect(alias.utf8.count < 100)
        #expect(deviceAlias(for: name) == alias)
    }

    @Test func namesThatLookAlikeAfterwardsStayApart() {
        let long = String(repeating: "x", count: 200)
        let names = ["a.b", "a_b", "a b", "a,b", long, long + "y", long + "z"]
        #expect(Set(names.map(deviceAlias(for:))).count == names.count)
    }
}

@Suite struct CapabilitiesTests {
    private func owner(_ labels: String) throws -> ProcessOwner? {
        let text = """
            <capabilities><host><cpu><arch>x86_64</arch></cpu>
              <secmodel><model>apparmor</model><doi>0</doi></secmodel>
              <secmodel><model>dac</model><doi>0</doi>\(labels)</secmodel>
            </host><guest><os_type>hvm</os_type></guest></capabilities>
            """
        return try LibvirtXML.decode(CapabilitiesXML.self, from: text).processOwner
    }

    @Test func theOwnerIsTheDACLabel() throws {
        let label =
            "<baselabel type='kvm'>+64055:+106</baselabel><baselabel type='qemu'>+1:+2</baselabel>"
        #expect(try owner(label) == ProcessOwner(user: 64055, group: 106))
        #expect(
            try owner("<baselabel type='qemu'>1:2</baselabel>") == ProcessOwner(user: 1, group: 2))
    }

    @Test(arguments: [
        "", "<baselabel type='kvm'>qemu:qemu</baselabel>", "<baselabel>+1</baselabel>",
        "<baselabel>+1:+2:+3</baselabel>",
    ])
    func whatCannotBeReadIsNoOwner(_ label: String) throws {
        #expect(try owner(label) == nil)
    }
}
