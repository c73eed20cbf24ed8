// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Testing

@testable import AtollCgroup

/// What is found in the mount tables of hosts of every kind.
@Suite struct TreeTests {
    static let v1 = """
        24 1 0:22 / /sys rw,nosuid shared:7 - sysfs sysfs rw
        30 24 0:27 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755
        33 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:13 - cgroup cgroup rw,cpu,cpuacct
        34 30 0:31 / /sys/fs/cgroup/memory rw shared:14 - cgroup cgroup rw,memory
        35 30 0:32 / /sys/fs/cgroup/hugetlb rw - cgroup cgroup rw,hugetlb

        """
    static let v2 =
        "30 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
    static let hybrid = """
        34 30 0:31 /lab /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        41 30 0:26 / /sys/fs/cgroup/unified rw shared:10 master:3 - cgroup2 cgroup2 rw

        """

    private func find(
        _ mountinfo: String, _ setting: CgroupSetting = .automatic, hasSystemd: Bool = false,
        controllers: [String: Set<String>] = [:]
    ) throws(QuotaError) -> Tree {
        try Tree.find(setting, mountinfo: mountinfo, hasSystemd: hasSystemd) {
            controllers[$0] ?? []
        }
    }

    @Test func `v1 has a mount for each controller`() throws {
        let tree = try find(Self.v1)
        #expect(tree.memory == Hierarchy(version: .v1, top: "/sys/fs/cgroup/memory"))
        #expect(tree.huge == Hierarchy(version: .v1, top: "/sys/fs/cgroup/hugetlb"))
        #expect(tree.hierarchies.count == 2)
        #expect(tree.memory.directory(tree.parent) == "/sys/fs/cgroup/memory/atoll")
        #expect(!tree.isDelegated)
    }

    @Test func `v2 has one for all that its top names`() throws {
        let top = "/sys/fs/cgroup"
        let tree = try find(Self.v2, controllers: [top: ["cpu", "memory", "hugetlb"]])
        #expect(tree.memory == Hierarchy(version: .v2, top: top))
        #expect(tree.hierarchies == [tree.memory])
        let small = try find(Self.v2, controllers: [top: ["memory"]])
        #expect(small.huge == nil)
        #expect(throws: QuotaError.self) { try find(Self.v2, controllers: [top: ["memory_x"]]) }
    }

    @Test func `a hybrid has each controller in one of both`() throws {
        let tree = try find(
            Self.hybrid, controllers: ["/sys/fs/cgroup/unified": ["hugetlb", "misc"]])
        #expect(tree.memory.version == .v1)
        #expect(tree.huge == Hierarchy(version: .v2, top: "/sys/fs/cgroup/unified"))
        #expect(
            tree.hierarchies.map { $0.directory(tree.path(of: "r", in: "g")) } == [
                "/sys/fs/cgroup/memory/atoll/g.group/r.region",
                "/sys/fs/cgroup/unified/atoll/g.group/r.region",
            ])
    }

    @Test func `with systemd the accounts are in a unit that it delegates`() throws {
        let tree = try find(
            Self.v2, hasSystemd: true, controllers: ["/sys/fs/cgroup": ["memory"]])
        #expect(tree.isDelegated)
        #expect(
            tree.memory.directory(tree.parent)
                == "/sys/fs/cgroup/atoll.slice/atoll-regions.service")
        // Whoever names a place has made it.
        let named = try find(Self.v1, .path("/site/atoll"), hasSystemd: true)
        #expect(!named.isDelegated)
        #expect(named.memory.directory(named.parent) == "/sys/fs/cgroup/memory/site/atoll")
    }

    @Test(arguments: [
        "", "garbage\n", "1 2 3:4 / / rw - \n", "24 1 0:22 / /sys rw - sysfs sysfs rw\n",
    ])
    func `where there is nothing, that is said`(mountinfo: String) {
        #expect(throws: QuotaError.self) { try find(mountinfo) }
    }

    @Test func `only the last mount on a place is seen, and spaces are what they are`() throws {
        let text = """
            1 0 0:1 / /a\\040b rw - tmpfs tmpfs rw
            2 0 0:2 / /a\\040b rw - cgroup cgroup rw,memory
            """
        #expect(try find(text).memory.top == "/a b")
        let hidden = text + "\n3 0 0:3 / /a\\040b rw - tmpfs tmpfs rw\n"
        #expect(throws: QuotaError.self) { try find(hidden) }
        #expect(Mount("1 0 0:1 / /x\\13 rw - tmpfs tmpfs rw")?.point == "/x\\13")
    }

    @Test func `nothing is charged where the setting says so`() {
        #expect(
            throws: QuotaError.unavailable(reason: "the daemon's setting cgroupParent is none")
        ) { try find(Self.v1, .none) }
    }

    @Test(arguments: ["", "atoll", "/", "//", "/a/", "/a//b", "/../x", "/a/.", "auto ", "/a/../b"])
    func `what is no place is refused`(text: String) {
        #expect(CgroupSetting(text) == nil)
    }

    @Test(arguments: ["auto", "none", "/atoll", "/a/b.slice"])
    func `a place is written as it is read`(text: String) {
        #expect(CgroupSetting(text)?.text == text)
    }
}
