// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import AtollHost
import AtollSystem
import Synchronization

/// Accounts as the kernel's control groups: a group of ours is a directory, and each of its regions a
/// directory in that. Pages stay charged where they were taken first, whoever uses them afterwards.
public final class CgroupController: QuotaController {
    private let setting: CgroupSetting
    private let mountinfo: @Sendable () -> String
    private let hasSystemd: Bool
    /// Found once it is needed; not kept while there is none, since a unit may still start.
    private let found = Mutex<Tree?>(nil)

    public convenience init(_ setting: CgroupSetting) {
        let hasSystemd = ((try? FileStatus.ofName("/run/systemd/system")) ?? nil) != nil
        self.init(setting, hasSystemd: hasSystemd) {
            let bytes = try? readFile("/proc/self/mountinfo", limit: 4 << 20)
            return String(decoding: bytes ?? [], as: UTF8.self)
        }
    }

    init(
        _ setting: CgroupSetting, hasSystemd: Bool, mountinfo: @escaping @Sendable () -> String
    ) {
        self.setting = setting
        self.mountinfo = mountinfo
        self.hasSystemd = hasSystemd
    }

    func tree() throws(QuotaError) -> Tree {
        if let tree = found.withLock({ $0 }) { return tree }
        let tree = try Tree.find(setting, mountinfo: mountinfo(), hasSystemd: hasSystemd)
        try tree.prepare()
        found.withLock { $0 = tree }
        return tree
    }

    public func status() async -> ChargeStatus {
        await blocking { [self] in
            do throws(QuotaError) {
                return Report(try tree()).status
            } catch {
                return ChargeStatus(tree: .none, root: "", finding: error.reason)
            }
        }
    }

    public func open(_ account: ChargeAccount) async throws(QuotaError) {
        try await blocking { [self] () throws(QuotaError) in
            try Account(try tree(), account.group).open(account)
        }
    }

    public func ticket(region: String, group: String, pages: PageSize)
        async throws(QuotaError) -> ChargeTicket
    {
        try await blocking { [self] () throws(QuotaError) in
            try Account(try tree(), group).ticket(region, pages)
        }
    }

    public func charge(of group: String) async throws(QuotaError) -> GroupCharge? {
        try await blocking { [self] () throws(QuotaError) in
            try Account(try tree(), group).charge()
        }
    }

    public func close(region: String, group: String) async throws(QuotaError) {
        try await blocking { [self] () throws(QuotaError) in
            try Account(try tree(), group).close(region)
        }
    }

    public func close(group: String) async throws(QuotaError) {
        try await blocking { [self] () throws(QuotaError) in
            try Account(try tree(), group).close()
        }
    }

    public func accounts() async throws(QuotaError) -> [String: Set<String>] {
        try await blocking { [self] () throws(QuotaError) in
            let tree = try tree()
            var result: [String: Set<String>] = [:]
            for hierarchy in tree.hierarchies {
                for group in names(in: hierarchy.directory(tree.parent), ending: ".group") {
                    let regions = names(
                        in: hierarchy.directory(tree.path(of: group)), ending: ".region")
                    result[group, default: []].formUnion(regions)
                }
            }
            return result
        }
    }
}

/// The names of groups in a directory, without their ending.
func names(in directory: String, ending: String) -> [String] {
    let names = ((try? list(directory: directory)) ?? []).map {
        String(decoding: $0, as: UTF8.self)
    }
    return names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
}

extension QuotaError {
    var reason: String {
        switch self {
        case .unavailable(let reason): reason
        case .belowUse(let limit, let used): "the limit of \(limit) is below the use of \(used)"
        case .failed(let operation, let reason): "cannot \(operation): \(reason)"
        }
    }
}
