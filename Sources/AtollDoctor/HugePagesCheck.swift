// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Which huge pages a region can have. None is a finding, not a fault: they are a matter of speed.
struct HugePagesCheck {
    let host: HostFiles

    func run() -> Check {
        let policy = "sys/kernel/mm/transparent_hugepage/shmem_enabled"
        let transparent = host.text(policy).flatMap { text in
            text.split { "[]".contains($0) }.dropFirst().first.map(String.init)
        }
        let pools = host.names(in: "sys/kernel/mm/hugepages").compactMap { pool -> String? in
            let count = host.text("sys/kernel/mm/hugepages/\(pool)/nr_hugepages")
                .flatMap { Int($0.split { $0.isWhitespace }.first ?? "") }
            guard let count, count > 0 else { return nil }
            return "\(count) of \(pool.split(separator: "-").last ?? "")"
        }
        let finding =
            "transparent huge pages in shared memory: \(transparent ?? "not in this kernel"); "
            + "reserved: \(pools.isEmpty ? "none" : pools.joined(separator: ", "))"
        let wanted = ["advise", "within_size", "always", "force"]
        if let transparent, !wanted.contains(transparent) {
            return Check(
                name: "hugepages", verdict: .ok, finding: finding,
                remedy: "for speed: echo advise > /\(policy)")
        }
        return Check(name: "hugepages", verdict: .ok, finding: finding)
    }
}
