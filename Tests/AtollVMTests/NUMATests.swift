// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `atoll-place` on a kernel that has two nodes: a VM's. Each process of it ends before the next looks, so
/// what is seen is the file's own.
extension VMTests {
    @Suite(.timeLimit(.minutes(4))) struct NUMA {
        @Test func pagesLieWhereTheyAreTold() async throws {
            let lab = try Lab()
            try await lab.withVM(["--nodes", "2", "--memory", "512"]) { vm in
                let nodes = try await lab.guest(vm, "cat /sys/devices/system/node/online")
                #expect(nodes == "0-1")
                try await rulesHold(lab, vm)
                try await rulesOutliveWhoSetThem(lab, vm)
                try await pagesMove(lab, vm)
                try await hugePagesHoldThem(lab, vm)
                let refusal = try await place(
                    lab, vm, before: Self.fresh, "fill /dev/shm/r bind:2")
                #expect(refusal == ["failed 22"])
            }
        }

        /// A file of 32 MiB without pages.
        private static let fresh = "rm -f /dev/shm/r; truncate -s 32M /dev/shm/r; "

        private func place(_ lab: Lab, _ vm: String, before: String = "", _ arguments: String)
            async throws -> [String]
        {
            let answer = try await lab.guest(vm, before + "atoll-place \(arguments) || true")
            return answer.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("done") }
        }

        private func look(_ lab: Lab, _ vm: String) async throws -> [String] {
            try await place(lab, vm, "look /dev/shm/r")
        }

        private func small(_ node0: Int, _ node1: Int, _ rule: String) -> [String] {
            [(0, node0), (1, node1)].filter { $0.1 > 0 }
                .map { "node \($0.0) \($0.1 << 20)" } + [
                    "page 4096 \(32 << 20)", "rule \(rule)", "end",
                ]
        }

        private func rulesHold(_ lab: Lab, _ vm: String) async throws {
            for (rule, node0, node1) in [
                ("bind:1", 0, 32), ("bind:0", 32, 0), ("preferred:1", 0, 32),
                ("interleave:0,1", 16, 16), ("weighted:0=3,1=1", 24, 8),
                ("weighted:0=1,1=7", 4, 28),
            ] {
                let filled = try await place(lab, vm, before: Self.fresh, "fill /dev/shm/r \(rule)")
                #expect(filled == ["end"])
                #expect(try await look(lab, vm) == small(node0, node1, rule))
            }
        }

        /// Set by one process, and kept when another takes the pages, on the other node's CPU.
        private func rulesOutliveWhoSetThem(_ lab: Lab, _ vm: String) async throws {
            for (rule, node0, node1) in [
                ("bind:1", 0, 32), ("interleave:0,1", 16, 16), ("weighted:0=1,1=3", 8, 24),
            ] {
                let set = try await place(lab, vm, before: Self.fresh, "move /dev/shm/r \(rule)")
                #expect(set == ["left 0", "rule \(rule)", "end"])
                let dd = "taskset 1 dd if=/dev/zero of=/dev/shm/r bs=1M count=32 conv=notrunc 2>&1"
                _ = try await lab.guest(vm, dd)
                #expect(try await look(lab, vm) == small(node0, node1, rule))
            }
        }

        private func pagesMove(_ lab: Lab, _ vm: String) async throws {
            _ = try await place(lab, vm, before: Self.fresh, "fill /dev/shm/r bind:0")
            // Somebody else maps every page meanwhile, as a VM does.
            let hold = "(sleep 60 | atoll-place --tied hold /dev/shm/r >/tmp/hold 2>&1 &) ; "
            _ = try await lab.guest(vm, hold + "until grep -q end /tmp/hold; do sleep 0.1; done")
            for (rule, node0, node1) in [
                ("bind:1", 0, 32), ("weighted:0=3,1=1", 24, 8), ("interleave:0,1", 16, 16),
                ("preferred:0", 32, 0),
            ] {
                let moved = try await place(lab, vm, "move /dev/shm/r \(rule)")
                #expect(moved == ["left 0"] + small(node0, node1, rule))
                #expect(try await look(lab, vm) == small(node0, node1, rule))
            }
            _ = try await lab.guest(vm, "killall sleep atoll-place; true")
        }

        private func hugePagesHoldThem(_ lab: Lab, _ vm: String) async throws {
            // Without the mount's leave there are none, and that is said.
            let short = try await place(lab, vm, before: Self.fresh, "fill /dev/shm/r bind:1 huge")
            #expect(short == ["short 0", "end"])
            _ = try await lab.guest(vm, "rm /dev/shm/r; mount -o remount,huge=advise /dev/shm")
            for (rule, node0, node1) in [
                ("bind:1", 0, 32), ("interleave:0,1", 16, 16), ("weighted:0=3,1=1", 24, 8),
            ] {
                let filled = try await place(
                    lab, vm, before: Self.fresh, "fill /dev/shm/r \(rule) huge")
                #expect(filled == ["end"])
                let seen = try await look(lab, vm)
                #expect(seen.contains("page \(2 << 20) \(32 << 20)"), "\(seen)")
                if rule != "interleave:0,1" {
                    #expect(seen.prefix(2).contains("node 1 \(node1 << 20)"), "\(seen)")
                    #expect(node0 == 0 || seen[0] == "node 0 \(node0 << 20)", "\(seen)")
                }
                let moved = try await place(lab, vm, "move /dev/shm/r weighted:0=1,1=3")
                #expect(
                    moved == [
                        "left 0", "node 0 \(8 << 20)", "node 1 \(24 << 20)",
                        "page \(2 << 20) \(32 << 20)", "rule weighted:0=1,1=3", "end",
                    ])
            }
            let pool = "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"
            _ = try await lab.guest(
                vm,
                "rm /dev/shm/r; echo 8 >\(pool); mkdir /tmp/huge; mount -t hugetlbfs none /tmp/huge; "
                    + "truncate -s 16M /tmp/huge/r /tmp/huge/s; ln -s /tmp/huge/r /dev/shm/r")
            let pooled = try await place(lab, vm, "fill /tmp/huge/r bind:1 huge")
            #expect(pooled == ["end"])
            let seen = try await place(lab, vm, "look /tmp/huge/r")
            #expect(seen.prefix(2) == ["node 1 \(16 << 20)", "page \(2 << 20) \(16 << 20)"])
            // The pool is empty now.
            let none = try await place(lab, vm, "fill /tmp/huge/s bind:1 huge")
            #expect(none == ["failed 12"])
        }
    }
}
