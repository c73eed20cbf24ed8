// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Whether a region can be charged to its group: which of the kernel's two cgroup trees has the
/// memory controller.
struct CgroupCheck {
    let host: HostFiles

    func run() -> Check {
        let mounts = host.mounts
        let first = mounts.contains { $0.type == "cgroup" && $0.options.contains("memory") }
        let second = mounts.filter { $0.type == "cgroup2" }.contains { mount in
            (host.text(mount.point + "/cgroup.controllers") ?? "")
                .split { $0.isWhitespace }.contains("memory")
        }
        return switch (second, first) {
        case (true, _): ok("the memory controller is in cgroup v2")
        case (false, true): ok("the memory controller is in cgroup v1")
        case (false, false):
            Check(
                name: "cgroup", verdict: .warning,
                finding: "no cgroup tree has the memory controller: a region's memory is charged "
                    + "to nobody, and a quota is kept by counting alone",
                remedy: "start the kernel without cgroup_disable=memory and mount cgroup2 at "
                    + "/sys/fs/cgroup")
        }
    }

    private func ok(_ finding: String) -> Check {
        Check(name: "cgroup", verdict: .ok, finding: finding)
    }
}
