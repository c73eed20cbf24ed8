// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The guest's kernel module, in VMs whose kernel poisons what it frees.
extension VMTests {
    @Suite(.timeLimit(.minutes(5))) struct Module {
        let lab: Lab

        init() throws { lab = try Lab() }

        /// Runs `body` in a VM with regions of these sizes and the module, and looks for complaints of its kernel.
        private func withGuest(
            _ sizes: [Int] = [16], loaded: Bool = true, _ options: [String] = [],
            body: (ModuleGuest, _ regions: [String]) async throws -> Void
        ) async throws {
            let names = sizes.map { _ in "r-\(UUID().uuidString.prefix(8).lowercased())" }
            let regions = zip(names, sizes).flatMap { ["--shmem", "\($0):\($1)"] }
            try await lab.cleaning {
                try await lab.withVM(ModuleGuest.poisoned + regions + options) { vm in
                    let guest = ModuleGuest(lab: lab, vm: vm)
                    if loaded { try await guest.load() }
                    try await body(guest, names)
                    #expect(try await guest.complaints() == "")
                }
            } by: {
                for name in names {
                    try? FileManager.default.removeItem(atPath: "/dev/shm/\(name)")
                }
            }
        }

        @Test func aRegionIsOrdinaryMemory() async throws {
            try await withGuest([16, 1]) { guest, _ in
                let large = try await guest.device(mebibytes: 16)
                let small = try await guest.device(mebibytes: 1)
                #expect(
                    try await guest.probe(large, "info")
                        == "abi 1 peer -1 bytes 16777216 vectors 0 mapping 1 largest_page 2097152")
                #expect(
                    try await guest.attributes(large) == [
                        "none", "0", "", "write-back", "2097152", "1",
                    ])
                // Below 4 GiB, where firmware has put it, x86 caches nothing without struct pages.
                #expect(
                    try await guest.attributes(small) == [
                        "none", "0", "", "write-combining", "4096", "0",
                    ])
                try await pages(guest, large, small)
                try await holds(guest, large, small)
                try await refusals(guest, large)
            }
        }

        /// The kernel's own count of page tables, and of faults: 16 MiB in small pages are 8 tables and 4096 faults.
        private func pages(_ guest: ModuleGuest, _ large: String, _ small: String) async throws {
            func numbers(_ device: String, _ words: String) async throws -> [Int] {
                let line = try await guest.probe(device, "pages \(words)").split(separator: "\n")[0]
                let words = line.split(separator: " ")
                return [1, 3, 5].compactMap { Int(words[$0]) }
            }
            let all = try await numbers(large, "16")
            #expect(all[0] <= 8 << 10 && all[1] < 16 && all[2] == 1, "\(all)")
            // From 1 MiB on: the first and the last half of a page in small ones.
            let shifted = try await numbers(large, "14 \(1 << 20)")
            #expect(shifted[0] <= 16 << 10 && (512..<530).contains(shifted[1]), "\(shifted)")
            let few = try await numbers(small, "1")
            #expect((256..<270).contains(few[1]), "\(few)")
        }

        /// What needs a page's record: shared futexes and direct I/O. A region of 1 MiB has none, and says so.
        private func holds(_ guest: ModuleGuest, _ large: String, _ small: String) async throws {
            #expect(try await guest.probe(large, "futex") == "woken")
            _ = try await guest.shell("insmod /lib/brd.ko rd_nr=1 rd_size=8192")
            #expect(try await guest.probe(large, "direct /dev/ram0") == "direct: ok")
            for device in [large, small] {
                #expect(try await guest.probe(device, "fork") == "the parent reads 2 3")
            }
        }

        private func refusals(_ guest: ModuleGuest, _ device: String) async throws {
            let answers = try await guest.probe(device, "errors").split(separator: "\n").map(
                String.init)
            #expect(
                answers == [
                    "all ok", "last page ok", "beyond EINVAL", "too long EINVAL",
                    "one page too far EINVAL", "huge offset EINVAL", "odd offset EINVAL",
                    "odd length ok", "private EINVAL", "read-only file, to write EACCES",
                    "read-only file, to read ok", "read-only file, ring EBADF",
                    "unknown call ENOTTY", "bad pointer EFAULT", "wait EOPNOTSUPP",
                    "wait, no such vector EOPNOTSUPP", "read EOPNOTSUPP",
                ])
        }

        @Test func unpluggedWhileMapped() async throws {
            try await withGuest([16, 1]) { guest, regions in
                for (region, size) in zip(regions, [16, 1]) {
                    let device = try await guest.device(mebibytes: size)
                    try await guest.start(device, "hold", into: "/tmp/\(size)", until: "holding")
                    try await lab.unplug(region, from: guest.vm)
                    let said = try await guest.said("/tmp/\(size)", "SIGBUS")
                    #expect(
                        said.hasSuffix(
                            "SIGBUS; mmap ENODEV info ENODEV ring EOPNOTSUPP wait EOPNOTSUPP"),
                        "\(said)")
                    try await eventually("\(device) is gone") {
                        try await guest.shell("ls \(device) 2>/dev/null; true") == ""
                    }
                }
                _ = try await guest.shell("rmmod atoll")
            }
        }

        @Test func theModuleStaysWhileItIsUsed() async throws {
            try await withGuest { guest, _ in
                try await guest.start("/dev/atoll0", "hold", into: "/tmp/held", until: "holding")
                let refused = try await guest.shell("rmmod atoll 2>&1; true")
                #expect(refused.contains("Resource temporarily unavailable"), "\(refused)")
                _ = try await guest.shell(
                    "killall module-probe; until rmmod atoll 2>/dev/null; do sleep 0.1; done")
                #expect(try await guest.shell("ls /dev/atoll0 2>/dev/null; true") == "")
                for _ in 1...3 {
                    try await guest.load()
                    #expect(try await guest.probe("/dev/atoll0", "fork") == "the parent reads 2 3")
                    _ = try await guest.shell("rmmod atoll")
                }
            }
        }

        /// While the module has the memory, nobody maps it in another way.
        @Test func memoryHasOneType() async throws {
            try await withGuest { guest, _ in
                let sysfs = "$(ls /sys/bus/pci/devices/*/resource2_wc)"
                #expect(try await guest.attributes("/dev/atoll0")[3] == "write-back")
                let answer = try await guest.shell("BAR=\(sysfs) bar peek 0 2>&1; true")
                #expect(answer.contains("Invalid argument"), "\(answer)")
            }
        }
    }
}
