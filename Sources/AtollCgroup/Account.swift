// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollSystem

/// One group's directories.
///
/// A full account kills, on v1 as on v2, and the filler has asked to be the one. v1 could have it wait
/// instead (`oom_kill_disable`), which was tried: whoever then touches a page in a full account stands
/// still until somebody else lets go of one.
struct Account {
    let tree: Tree
    let group: String

    init(_ tree: Tree, _ group: String) {
        self.tree = tree
        self.group = group
    }

    private var path: String { tree.path(of: group) }
    private var memory: String { tree.memory.directory(path) }

    /// The kernel's limit for a quota: its own bookkeeping is charged too, a node for each 64 pages,
    /// what each processor takes ahead, and the program that fills.
    static func limit(for quota: UInt64) -> UInt64 {
        let (sum, overflow) = quota.addingReportingOverflow(quota / 256 + 2 << 20)
        return overflow ? UInt64(Int64.max) & ~0xfff : (sum + 0xfff) & ~0xfff
    }

    func open(_ account: ChargeAccount) throws(QuotaError) {
        for hierarchy in tree.hierarchies { try make(hierarchy, path) }
        let files = Files.memory(tree.memory.version)
        let limit = Self.limit(for: account.quota)
        // On v2 the kernel would rather kill than refuse a limit that is too low.
        if let used = files.usage(of: memory), used > limit {
            throw .belowUse(limit: account.quota, used: used)
        }
        do throws(Errno) { try ControlFile.write("\(limit)", to: memory + "/" + files.limit) } catch
        {
            if error == .busy {
                throw .belowUse(limit: account.quota, used: files.usage(of: memory) ?? 0)
            }
            throw failed("limit \(memory)", error)
        }
        if let soft = files.soft {
            let text = account.soft.map { "\($0)" } ?? files.unlimited
            try? ControlFile.write(text, to: memory + "/" + soft)
        }
        guard let huge = tree.huge else { return }
        for pages in PageSize.allCases {
            guard let files = Files.huge(huge.version, pages) else { continue }
            // Whole pages; a size that this host does not have has no file.
            let whole = account.quota / pages.bytes * pages.bytes
            try? ControlFile.write("\(whole)", to: huge.directory(path) + "/" + files.limit)
        }
    }

    func ticket(_ region: String, _ pages: PageSize) throws(QuotaError) -> ChargeTicket {
        let leaf = tree.path(of: region, in: group)
        var joins: [String] = []
        for hierarchy in tree.hierarchies {
            try make(hierarchy, leaf)
            joins.append(hierarchy.directory(leaf) + "/cgroup.procs")
        }
        var walls = walls(tree.memory, Files.memory(tree.memory.version))
        if let huge = tree.huge, let files = Files.huge(huge.version, pages) {
            // Pages of a pool are not memory of the account, where the kernel is not told otherwise.
            walls = self.walls(huge, files)
        }
        return ChargeTicket(joins: joins, walls: walls)
    }

    /// Every limit that is set from the group up to the top.
    private func walls(_ hierarchy: Hierarchy, _ files: Files) -> [ChargeTicket.Wall] {
        var walls: [ChargeTicket.Wall] = []
        var names = path.split(separator: "/")
        while true {
            let directory = hierarchy.directory(names.joined(separator: "/"))
            if files.limit(of: directory) != nil {
                walls.append(
                    ChargeTicket.Wall(
                        limit: directory + "/" + files.limit, usage: directory + "/" + files.usage,
                        stat: files.stat.map { directory + "/" + $0 }))
            }
            if names.isEmpty { return walls }
            names.removeLast()
        }
    }

    func charge() throws(QuotaError) -> GroupCharge? {
        let files = Files.memory(tree.memory.version)
        guard let used = files.usage(of: memory) else { return nil }
        var charge = GroupCharge(
            used: used, limit: files.limit(of: memory), peak: files.peak(of: memory),
            denials: files.denials(of: memory))
        let huge = tree.huge.map { tree -> [(PageSize, Files)] in
            PageSize.allCases.compactMap { size in
                Files.huge(tree.version, size).map { (size, $0) }
            }
        }
        if let tree = tree.huge {
            let directory = tree.directory(path)
            for (size, files) in huge ?? [] {
                if let used = files.usage(of: directory) { charge.hugePages[size] = used }
                charge.denials &+= files.denials(of: directory)
            }
        }
        for region in names(in: memory, ending: ".region") {
            let leaf = tree.path(of: region, in: group)
            var used = files.usage(of: tree.memory.directory(leaf)) ?? 0
            if let tree = tree.huge {
                let directory = tree.directory(leaf)
                for (_, files) in huge ?? [] { used &+= files.usage(of: directory) ?? 0 }
            }
            charge.regions[region] = used
        }
        return charge
    }

    func close(_ region: String) throws(QuotaError) {
        for hierarchy in tree.hierarchies {
            try remove(hierarchy.directory(tree.path(of: region, in: group)))
        }
    }

    func close() throws(QuotaError) {
        for hierarchy in tree.hierarchies {
            let directory = hierarchy.directory(path)
            for region in names(in: directory, ending: ".region") {
                try remove("\(directory)/\(region).region")
            }
            try remove(directory)
        }
    }

    /// A process that was just killed leaves its group a moment later.
    private func remove(_ directory: String) throws(QuotaError) {
        var patience = 50
        while true {
            do throws(Errno) { return try removeDirectory(directory) } catch {
                guard error == .busy, patience > 0 else {
                    throw failed("remove \(directory)", error)
                }
                patience -= 1
                MonotonicClock.sleep(nanoseconds: 10_000_000)
            }
        }
    }

    private func make(_ hierarchy: Hierarchy, _ path: String) throws(QuotaError) {
        do throws(Errno) { try hierarchy.make(path, handing: ["memory", "hugetlb"]) } catch {
            // Without the controller of huge pages, regions of small ones are charged all the same.
            guard hierarchy == tree.memory else { return }
            throw failed("make \(hierarchy.directory(path))", error)
        }
    }

    private func failed(_ operation: String, _ error: Errno) -> QuotaError {
        .failed(operation: operation, reason: String(decoding: error.text, as: UTF8.self))
    }
}
