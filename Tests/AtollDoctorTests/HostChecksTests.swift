// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Testing

@testable import AtollDoctor

@Suite struct HostChecksTests {
    @Test func `an empty host is told everything that is wrong`() throws {
        let checks = try HostRoot().checks
        #expect(
            checks.map(\.name) == [
                "kvm", "shm", "cgroup", "hugepages", "libvirt", "apparmor", "doorbell",
                "core dumps", "numa",
            ])
        for check in checks where check.verdict != .ok { #expect(check.remedy != nil) }
        #expect(checks.first { $0.name == "shm" }?.verdict == .failed)
    }

    @Test func `this host's own files are read`() {
        #expect(HostChecks().run().count == 9)
    }

    @Test func `KVM needs the processor, the device and the right to open it`() throws {
        let root = try HostRoot(["proc/cpuinfo": "processor : 0\nflags\t\t: fpu sse\n"])
        #expect(KVMCheck(host: root.files).run().finding.contains("no vmx or svm"))
        try root.write("proc/cpuinfo", "processor : 0\nflags\t\t: fpu vmx sse\n")
        #expect(KVMCheck(host: root.files).run().finding.contains("missing"))
        try root.write("dev/kvm", "")
        #expect(KVMCheck(host: root.files).run().verdict == .ok)
    }

    @Test func `shared memory has to be a tmpfs`() throws {
        let root = try HostRoot(["proc/mounts": "shm /dev/shm ext4 rw 0 0\n", "dev/shm/x": ""])
        #expect(SharedMemoryCheck(host: root.files).run().verdict == .failed)
        try root.write("proc/mounts", "a /dev/shm ext4 rw 0 0\nshm /dev/shm tmpfs rw,x 0 0\n")
        let check = SharedMemoryCheck(host: root.files).run()
        #expect(check.verdict != .failed)
        #expect(check.finding.contains("free"))
        try root.write("proc/mounts", "a /dev/shm tmpfs rw 0 0\nshm /dev/shm ext4 rw 0 0\n")
        #expect(SharedMemoryCheck(host: root.files).run().verdict == .failed)
    }

    @Test func `the memory controller is found in either cgroup tree`() throws {
        let root = try HostRoot(["proc/mounts": "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n"])
        #expect(CgroupCheck(host: root.files).run().verdict == .warning)
        try root.write("sys/fs/cgroup/cgroup.controllers", "cpu memory_x\n")
        #expect(CgroupCheck(host: root.files).run().verdict == .warning)
        try root.write("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n")
        #expect(CgroupCheck(host: root.files).run().finding.contains("v2"))
        try root.write("proc/mounts", "cgroup /sys/fs/cgroup/m cgroup rw,memory 0 0\n")
        #expect(CgroupCheck(host: root.files).run().finding.contains("v1"))
    }

    @Test func `huge pages are reported`() throws {
        let pools = "sys/kernel/mm/hugepages"
        let shm = "tmpfs /dev/shm tmpfs rw,huge=advise 0 0\n"
        let root = try HostRoot([
            "\(pools)/hugepages-2048kB/nr_hugepages": "0\n",
            "\(pools)/hugepages-1048576kB/nr_hugepages": "0\n",
            "proc/mounts": shm + "tmpfs /dev/shm tmpfs rw 0 0\n",
        ])
        var check = HugePagesCheck(host: root.files).run()
        #expect(check.verdict == .ok)
        #expect(check.finding.contains("small pages (huge=never)"))
        #expect(check.remedy?.contains("remount,huge=advise") == true)
        try root.write("proc/mounts", shm)
        check = HugePagesCheck(host: root.files).run()
        #expect(check.finding.contains("gives pages of 2 MiB"))
        #expect(check.remedy == nil)
        try root.write("\(pools)/hugepages-2048kB/nr_hugepages", "12\n")
        check = HugePagesCheck(host: root.files).run()
        #expect(check.verdict == .warning)
        #expect(check.finding.contains("12 of 2048kB"))
        #expect(!check.finding.contains("1048576kB"))
        try root.write("proc/mounts", shm + "none /mnt/huge hugetlbfs rw,pagesize=2M 0 0\n")
        check = HugePagesCheck(host: root.files).run()
        #expect(check.verdict == .ok)
        #expect(check.finding.contains("at /mnt/huge"))
    }

    @Test(arguments: ["run/libvirt/libvirt-sock", "run/libvirt/virtqemud-sock"])
    func `libvirt's socket is found in either form`(path: String) throws {
        let root = try HostRoot()
        #expect(LibvirtCheck(host: root.files).run().verdict == .warning)
        try root.write(path, "")
        #expect(LibvirtCheck(host: root.files).run().verdict == .ok)
    }

    @Test func `several memory nodes want libnuma`() throws {
        let root = try HostRoot([
            "sys/devices/system/node/node0/x": "", "sys/devices/system/node/node1/x": "",
            "sys/devices/system/node/possible": "0-1",
        ])
        #expect(NUMACheck(host: root.files).run().verdict == .warning)
        try root.write("usr/lib/x86_64-linux-gnu/libnuma.so.1", "")
        let check = NUMACheck(host: root.files).run()
        #expect(check.verdict == .ok)
        #expect(check.finding.contains("2 memory nodes"))
    }
}
