// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Whether libvirt's system daemon can be asked, whichever of its two forms the host runs. A host
/// may do without: atolld can be told of another libvirt, and says itself whether it reaches that.
struct LibvirtCheck {
    let host: HostFiles

    private static let sockets = ["run/libvirt/virtqemud-sock", "run/libvirt/libvirt-sock"]

    func run() -> Check {
        guard let socket = Self.sockets.first(where: host.exists) else {
            return Check(
                name: "libvirt", verdict: .warning,
                finding: "libvirt's system daemon has no socket in /run/libvirt",
                remedy: "apt install libvirt-daemon-system; systemctl start libvirtd "
                    + "(or virtqemud); another libvirt is named by atolld's --libvirt-uri")
        }
        return Check(name: "libvirt", verdict: .ok, finding: "the socket /\(socket) is there")
    }
}
