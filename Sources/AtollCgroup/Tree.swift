// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollSystem

/// What was found out at the start: the hierarchies with the controllers, and where in them the
/// accounts are.
struct Tree: Sendable, Equatable {
    /// Of a unit that systemd leaves to us, and that outlives the daemon.
    static let unit = "/atoll.slice/atoll-regions.service"

    var memory: Hierarchy
    /// Huge pages have a controller of their own, which may be in the other tree.
    var huge: Hierarchy?
    /// Path of the accounts' parent below the top, such as `/atoll`.
    var parent: String
    var isDelegated: Bool

    /// Why there is none is for people.
    static func find(
        _ setting: CgroupSetting, mountinfo: String, hasSystemd: Bool,
        controllers: (String) -> Set<String> = Hierarchy.controllers(of:)
    ) throws(QuotaError) -> Tree {
        let mounts = Mount.all(mountinfo)
        let memory = Hierarchy.with("memory", mounts: mounts, controllers: controllers)
        guard setting != .none else {
            throw .unavailable(reason: "the daemon's setting cgroupParent is none")
        }
        guard let memory else {
            throw .unavailable(reason: "no cgroup tree that is mounted has the memory controller")
        }
        let parent: String
        var isDelegated = false
        switch setting {
        case .automatic:
            isDelegated = hasSystemd
            parent = hasSystemd ? unit : "/atoll"
        case .path(let path): parent = path
        case .none: parent = ""
        }
        return Tree(
            memory: memory,
            huge: Hierarchy.with("hugetlb", mounts: mounts, controllers: controllers),
            parent: parent, isDelegated: isDelegated)
    }

    /// Both, or one where they are the same.
    var hierarchies: [Hierarchy] {
        guard let huge, huge != memory else { return [memory] }
        return [memory, huge]
    }

    /// The kernel's own files have other endings, and so have the groups of others.
    func path(of group: String) -> String { "\(parent)/\(group).group" }
    func path(of region: String, in group: String) -> String {
        "\(path(of: group))/\(region).region"
    }

    /// Makes the parent of all accounts, and sees that they can be charged there.
    func prepare() throws(QuotaError) {
        for hierarchy in hierarchies {
            let directory = hierarchy.directory(parent)
            if isDelegated {
                // systemd makes it, and whoever makes it in its place gets it taken away again.
                guard exists(directory) else {
                    throw .unavailable(
                        reason: "\(directory) is not there: start atoll-regions.service")
                }
                keep(directory)
            }
            do throws(Errno) {
                try hierarchy.make(parent, handing: ["memory", "hugetlb"])
            } catch {
                // Huge pages alone cannot be charged then.
                if hierarchy != memory { continue }
                throw .unavailable(reason: "cannot make \(directory): errno \(error.code)")
            }
        }
        let files = Files.memory(memory.version)
        guard exists(memory.directory(parent) + "/" + files.usage) else {
            throw .unavailable(
                reason: "\(memory.directory(parent)) has no memory controller: "
                    + "a group above it holds processes, or does not hand it down")
        }
    }

    /// On v2 a group with processes hands nothing down: the unit's own goes into a group of its own.
    private func keep(_ directory: String) {
        let keeper = directory + "/keeper"
        guard let bytes = try? readFile(directory + "/cgroup.procs"), !bytes.isEmpty else { return }
        try? makeDirectory(keeper, permissions: 0o755)
        for process in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            try? ControlFile.write(String(process), to: keeper + "/cgroup.procs")
        }
    }

    private func exists(_ path: String) -> Bool { ((try? FileStatus.ofName(path)) ?? nil) != nil }
}
