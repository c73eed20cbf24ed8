// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Testing

@testable import AtollDoctor

@Suite struct DoorbellTests {
    private static let emulator = "usr/bin/qemu-system-x86_64"
    private static let device = "\u{0}ivshmem-plain\u{0}ivshmem-doorbell\u{0}"
    private static let enabled = "sys/module/apparmor/parameters/enabled"
    private static let shared = "etc/apparmor.d/abstractions/libvirt-qemu"
    private static let local = "etc/apparmor.d/local/abstractions/libvirt-qemu"

    private func check(_ files: [String: String]) throws -> Check {
        let root = try HostRoot(files)
        return withExtendedLifetime(root) { DoorbellCheck(host: root.files).run() }
    }

    @Test func `QEMU must have the device`() throws {
        #expect(try check([Self.emulator: Self.device]).verdict == .ok)
        #expect(try check([Self.emulator: "ivshmem-plain"]).verdict == .warning)
        #expect(try check([:]).verdict == .warning)
        let other = try check([Self.emulator: Self.device, "usr/libexec/qemu-kvm": "nothing"])
        #expect(other.verdict == .warning)
        #expect(other.finding.contains("/usr/libexec/qemu-kvm"))
    }

    @Test func `AppArmor must let VMs reach the servers, by the rule that is said`() throws {
        var files = [Self.emulator: Self.device, Self.enabled: "Y\n", Self.shared: "a\n"]
        let closed = try check(files)
        #expect(closed.verdict == .warning)
        let rule = try #require(closed.remedy).split(separator: "'")[1]
        files[Self.local] = String(rule)
        #expect(try check(files).verdict == .ok)
        files[Self.local] = "  /run/atoll/doorbell/*.sock r,\n  # /run/atoll/** rw,\n"
        #expect(try check(files).verdict == .warning)
        files[Self.enabled] = "N\n"
        #expect(try check(files).verdict == .ok)
    }
}
