// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Whether AppArmor lets a running VM open a region. libvirt writes a VM's profile when the VM
/// starts, and a shared-memory device that is plugged in later is not in it: QEMU is then refused,
/// unless the rules that all VMs share allow it.
struct AppArmorCheck {
    let host: HostFiles

    private static let rule = "  /{dev,run}/shm/atoll.* rw,"
    private static let local = "etc/apparmor.d/local/abstractions/libvirt-qemu"
    private static let shared = "etc/apparmor.d/abstractions/libvirt-qemu"

    func run() -> Check {
        guard host.text("sys/module/apparmor/parameters/enabled")?.hasPrefix("Y") == true else {
            return Check(name: "apparmor", verdict: .ok, finding: "AppArmor is not enabled")
        }
        guard let abstraction = host.text(Self.shared) else {
            return Check(
                name: "apparmor", verdict: .ok, finding: "libvirt has no AppArmor rules here")
        }
        let texts = [host.text(Self.local) ?? "", abstraction]
        if texts.contains(where: { admitsRegions($0, in: ["/dev/shm/", "/{dev,run}/shm/"]) }) {
            // A region of hugetlbfs is a link in /dev/shm to a file there, and AppArmor asks about that.
            let pools = host.mounts.filter { $0.type == "hugetlbfs" }.map { $0.point + "/" }
            let closed = pools.filter { pool in
                !texts.contains { admitsRegions($0, in: [pool]) }
            }
            guard closed.isEmpty else {
                let rules = closed.map { "  \($0)atoll.* rw," }.joined(separator: "\n")
                return Check(
                    name: "apparmor", verdict: .warning,
                    finding: "running VMs may open /dev/shm/atoll.*, and no region of hugetlbfs",
                    remedy: "for regions of pools: echo '\(rules)' >> /\(Self.local)")
            }
            return Check(
                name: "apparmor", verdict: .ok, finding: "running VMs may open /dev/shm/atoll.*")
        }
        return Check(
            name: "apparmor", verdict: .failed,
            finding: "AppArmor does not let a running VM open a region that is plugged in",
            remedy: "echo '\(Self.rule)' >> /\(Self.local); VMs that run already need a restart, "
                + "or their profiles a reload: apparmor_parser -r /etc/apparmor.d/libvirt/libvirt-*"
        )
    }

    /// Whether a rule names the objects of regions and grants reading and writing.
    private func admitsRegions(_ rules: String, in places: [String]) -> Bool {
        rules.split(separator: "\n").contains { line in
            let words = line.split { $0.isWhitespace }.filter { $0 != "owner" }
            guard let path = words.first, let rights = words.dropFirst().first else { return false }
            let named = places.contains { place in
                path.hasPrefix(place + "atoll") || path == place + "*" || path == place + "**"
            }
            return named && rights.contains("r") && rights.contains("w")
        }
    }
}
