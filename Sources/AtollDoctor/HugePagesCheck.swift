// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Which huge pages a region can have. None is a finding, not a fault: they are a matter of speed.
struct HugePagesCheck {
    let host: HostFiles

    func run() -> Check {
        // Not `shmem_enabled`, which is for memory without a name; and a later mount hides an earlier.
        let huge = host.mounts.last { $0.point == "/dev/shm" }?.options
            .first { $0.hasPrefix("huge=") }?.dropFirst(5)
        let listens = huge.map { ["advise", "within_size", "always"].contains($0) } ?? false
        let pools = host.names(in: "sys/kernel/mm/hugepages").compactMap { pool -> String? in
            let count = host.text("sys/kernel/mm/hugepages/\(pool)/nr_hugepages")
                .flatMap { Int($0.split { $0.isWhitespace }.first ?? "") }
            guard let count, count > 0 else { return nil }
            return "\(count) of \(pool.split(separator: "-").last ?? "")"
        }
        let mounts = host.mounts.filter { $0.type == "hugetlbfs" }.map(\.point)
        let finding =
            "/dev/shm \(listens ? "gives pages of 2 MiB to regions that ask" : "has small pages")"
            + " (huge=\(huge ?? "never")); "
            + "reserved: \(pools.isEmpty ? "none" : pools.joined(separator: ", "))"
            + (mounts.isEmpty ? "" : ", at " + mounts.joined(separator: ", "))
        if !pools.isEmpty, mounts.isEmpty {
            return Check(
                name: "hugepages", verdict: .warning,
                finding: finding + "; regions cannot get at them",
                remedy: "mkdir -p /dev/hugepages; mount -t hugetlbfs none /dev/hugepages")
        }
        guard listens || !pools.isEmpty else {
            return Check(
                name: "hugepages", verdict: .ok, finding: finding,
                remedy: "for regions with --pages 2MiB: mount -o remount,huge=advise /dev/shm")
        }
        return Check(name: "hugepages", verdict: .ok, finding: finding)
    }
}
