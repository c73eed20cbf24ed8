// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// Where one controller's groups are, and what its files are called there.
struct Hierarchy: Equatable, Sendable {
    enum Version: Equatable, Sendable { case v1, v2 }

    var version: Version
    /// Its topmost group that can be seen from here.
    var top: String

    /// The hierarchy that has this controller; `nil`: none has it. A controller is in one at most.
    ///
    /// - Parameter controllers: what the `cgroup.controllers` of a v2 mount says.
    static func with(
        _ controller: String, mounts: [Mount], controllers: (String) -> Set<String>
    ) -> Hierarchy? {
        for mount in mounts {
            switch mount.type {
            case "cgroup" where mount.options.contains(controller):
                return Hierarchy(version: .v1, top: mount.point)
            case "cgroup2" where controllers(mount.point).contains(controller):
                return Hierarchy(version: .v2, top: mount.point)
            default: continue
            }
        }
        return nil
    }

    /// What a v2 group says it can hand down.
    static func controllers(of group: String) -> Set<String> {
        let bytes = (try? readFile(group + "/cgroup.controllers")) ?? []
        return Set(
            String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
                .map { String($0) })
    }

    /// Makes the group, below ones that hand the controllers down to it.
    ///
    /// - Parameter path: names from the top, such as `atoll/g.group`.
    func make(_ path: String, handing controllers: [String]) throws(Errno) {
        var group = top
        for name in path.split(separator: "/") {
            // Of the top above all, where everybody's groups are: another may have done it.
            hand(controllers, from: group)
            group += "/\(name)"
            try makeDirectory(group, permissions: 0o755)
        }
    }

    /// Groups below this one have these controllers from now on, as far as it has them itself.
    private func hand(_ controllers: [String], from group: String) {
        guard version == .v2 else { return }
        for controller in controllers {
            // One after the other: a write with one that is not there changes nothing. What could
            // not be handed down shows where its files are missing.
            try? ControlFile.write("+\(controller)", to: group + "/cgroup.subtree_control")
        }
    }

    func directory(_ path: String) -> String {
        top + (path.hasPrefix("/") || path.isEmpty ? "" : "/") + path
    }
}
