// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Whether regions can have doorbells: some distributions build QEMU without the device, and AppArmor
/// lets a running VM reach no socket that was not in its definition when it started.
struct DoorbellCheck {
    let host: HostFiles

    private static let rule = "  /{,var/}run/atoll/doorbell/*.sock rw,"
    private static let local = "etc/apparmor.d/local/abstractions/libvirt-qemu"
    private static let shared = "etc/apparmor.d/abstractions/libvirt-qemu"
    private static let emulators = [
        "usr/bin/qemu-system-x86_64", "usr/bin/qemu-system-aarch64", "usr/libexec/qemu-kvm",
    ]

    func run() -> Check {
        let found = Self.emulators.filter(host.exists)
        let lacking = found.filter { !host.contains($0, "ivshmem-doorbell") }
        if found.isEmpty || !lacking.isEmpty {
            let what = found.isEmpty ? "there is no QEMU" : "/\(lacking[0]) has no ivshmem-doorbell"
            return Check(
                name: "doorbell", verdict: .warning,
                finding: "\(what): regions can have no doorbells",
                remedy: "install a QEMU that has the device, or make regions without --doorbell")
        }
        let confines =
            host.text("sys/module/apparmor/parameters/enabled")?.hasPrefix("Y") == true
        if confines, let abstraction = host.text(Self.shared),
            ![abstraction, host.text(Self.local) ?? ""].contains(where: admits)
        {
            return Check(
                name: "doorbell", verdict: .warning,
                finding: "AppArmor does not let a running VM reach a doorbell server",
                remedy:
                    "for regions with doorbells: echo '\(Self.rule)' >> /\(Self.local); VMs that "
                    + "run already need a restart")
        }
        return Check(name: "doorbell", verdict: .ok, finding: "QEMU has ivshmem-doorbell")
    }

    /// Whether a rule lets VMs connect to servers where they are by default.
    private func admits(_ rules: String) -> Bool {
        rules.split(separator: "\n").contains { line in
            let words = line.split { $0.isWhitespace }.filter { $0 != "owner" }
            guard let path = words.first, let rights = words.dropFirst().first else { return false }
            return path.hasPrefix("/") && path.contains("run/atoll/") && rights.contains("w")
        }
    }
}
