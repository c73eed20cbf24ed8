// SPDX-License-Identifier: Apache-2.0
import AtollHost
import AtollSystem

/// What was found, in words.
struct Report {
    let tree: Tree

    init(_ tree: Tree) { self.tree = tree }

    var status: ChargeStatus {
        let root = tree.memory.directory(tree.parent)
        var words = ["memory is charged in cgroup \(name(tree.memory)) at \(root)"]
        words.append(tree.isDelegated ? "delegated by systemd" : "not delegated: no systemd here")
        if let huge = tree.huge {
            let other = huge == tree.memory ? "there too" : "in cgroup \(name(huge)) at \(huge.top)"
            words.append("huge pages \(other)")
        } else {
            words.append("huge pages to nobody: no hugetlb controller")
        }
        words.append("swap: \(hasSwap ? "on" : "off")")
        return ChargeStatus(
            tree: tree.memory.version == .v1 ? .v1 : .v2, root: root,
            finding: words.joined(separator: "; "))
    }

    private func name(_ hierarchy: Hierarchy) -> String {
        hierarchy.version == .v1 ? "v1" : "v2"
    }

    private var hasSwap: Bool {
        let bytes = (try? readFile("/proc/swaps")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").count > 1
    }
}
