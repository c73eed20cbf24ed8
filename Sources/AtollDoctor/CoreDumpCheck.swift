// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Whether a core dump of QEMU may hold what is in VMs' memory. Regions are kept out of it by the
/// daemon (kernel-notes/core-dumps.md); the VMs' own memory is the operator's to decide.
struct CoreDumpCheck {
    let host: HostFiles

    private static let path = "etc/libvirt/qemu.conf"

    func run() -> Check {
        let lines = (host.text(Self.path) ?? "").split(separator: "\n")
        let setting = lines.last { line in
            line.drop { $0 == " " || $0 == "\t" }.hasPrefix("dump_guest_core")
        }
        let value = setting?.split(separator: "=").last?.filter { !$0.isWhitespace }
        guard let value, value != "0" else {
            return Check(
                name: "core dumps", verdict: .ok,
                finding: "a core of QEMU holds no memory of its VM")
        }
        return Check(
            name: "core dumps", verdict: .warning,
            finding: "dump_guest_core is on: a core of QEMU holds its VM's memory, without regions",
            remedy: "set dump_guest_core = 0 in /\(Self.path) and restart libvirtd, "
                + "unless such cores are wanted")
    }
}
