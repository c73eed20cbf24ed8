// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Testing

@testable import AtollDoctor

@Suite struct AppArmorTests {
    private static let enabled = "sys/module/apparmor/parameters/enabled"
    private static let shared = "etc/apparmor.d/abstractions/libvirt-qemu"
    private static let local = "etc/apparmor.d/local/abstractions/libvirt-qemu"

    private func verdict(_ files: [String: String]) throws -> CheckVerdict {
        let root = try HostRoot(files)
        return withExtendedLifetime(root) { AppArmorCheck(host: root.files).run().verdict }
    }

    @Test func `without AppArmor, or without libvirt's rules, nothing hinders a VM`() throws {
        #expect(try verdict([:]) == .ok)
        #expect(try verdict([Self.enabled: "N\n", Self.shared: ""]) == .ok)
        #expect(try verdict([Self.enabled: "Y\n"]) == .ok)
    }

    @Test(arguments: [
        "", "  /{dev,run}/shm r,", "  /{dev,run}/shmpulse-shm* rwk,", "  # /dev/shm/atoll.* rw,",
        "  /dev/shm/atoll.* r,", "  deny /dev/shm/atoll.* rw,",
        "  owner /{dev,run}/shm/spice.* rw,",
    ])
    func `rules that do not name regions keep VMs from them`(rule: String) throws {
        #expect(try verdict([Self.enabled: "Y\n", Self.shared: "a\n\(rule)\n"]) == .failed)
        #expect(
            try verdict([Self.enabled: "Y\n", Self.shared: "", Self.local: rule]) == .failed)
    }

    @Test(arguments: [
        "  /{dev,run}/shm/atoll.* rw,", "/dev/shm/atoll.* rwk,", "\towner /dev/shm/atoll* rw,",
        "  /dev/shm/** rw,",
    ])
    func `rules that admit regions do, in either file`(rule: String) throws {
        #expect(try verdict([Self.enabled: "Y\n", Self.shared: "a\n\(rule)\n"]) == .ok)
        #expect(try verdict([Self.enabled: "Y\n", Self.shared: "", Self.local: rule]) == .ok)
    }

    @Test func `a pool's mount wants a rule of its own`() throws {
        let regions = "/dev/shm/atoll.* rw,\n"
        let root = try HostRoot([
            Self.enabled: "Y\n", Self.shared: regions,
            "proc/mounts": "none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n",
        ])
        let check = AppArmorCheck(host: root.files).run()
        #expect(check.verdict == .warning)
        let rule = try #require(check.remedy).split(separator: "'")[1]
        #expect(rule == "  /dev/hugepages/atoll.* rw,")
        try root.write(Self.local, String(rule))
        #expect(AppArmorCheck(host: root.files).run().verdict == .ok)
    }

    @Test func `the remedy is a rule that helps`() throws {
        let root = try HostRoot([Self.enabled: "Y\n", Self.shared: ""])
        let remedy = try #require(AppArmorCheck(host: root.files).run().remedy)
        let rule = remedy.split(separator: "'")[1]
        try root.write(Self.local, String(rule))
        #expect(AppArmorCheck(host: root.files).run().verdict == .ok)
    }
}
