// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSystem
import Foundation
import Testing

/// A team over VMs that have the kernel module and a doorbell: waits sleep until they are rung for. No
/// daemon and no agents: the test lays out the region, and starts what agents would.
private struct SleepingTeam: Sendable {
    let lab: Lab
    let guests: [ModuleGuest]
    let region: Region
    let launch: JobLaunch

    private static let incarnation: UInt64 = 3

    init(_ lab: Lab, _ guests: [ModuleGuest], object: String) throws {
        self.lab = lab
        self.guests = guests
        let file = try OwnedFD(opening: "/dev/shm/\(object)", .write)
        let memory = SharedMemory(try Mapping(file, count: Int(try file.status().bytes)))
        region = try Region.format(
            memory,
            RegionIdentity(
                region: UUID128(high: 1, low: 2), group: UUID128(high: 3, low: 4),
                regionName: Array("r".utf8), groupName: Array("g".utf8)))
        // A VM's number on the doorbell is its slot.
        for slot in guests.indices {
            region.assign(
                slot: slot, vm: UUID128(high: 5, low: UInt64(slot)), incarnation: Self.incarnation,
                name: Array(guests[slot].vm.utf8))
        }
        launch = try JobLaunch(
            JobRequest(
                payload: JobPayload(
                    directory: [], arguments: [Array("test".utf8)], environment: []),
                members: guests.indices.map { ($0, Self.incarnation) }, threadsPerVM: 1),
            on: JobBoard(region),
            from: JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: 1 << 30), now: 0)
    }

    /// A shell line that runs `atoll-conformance` as the VM's part of the team.
    private func line(_ rank: Int, _ words: String) -> String {
        "ATOLL_REGION=/dev/atoll0 ATOLL_REGION_BYTES=\(region.memory.count) "
            + "ATOLL_JOB=\(launch.ticket.number) ATOLL_JOB_INDEX=\(launch.ticket.index) "
            + "ATOLL_SLOT=\(rank) ATOLL_INCARNATION=\(Self.incarnation) ATOLL_RANK=\(rank) "
            + "ATOLL_VMS=\(guests.count) ATOLL_THREADS_PER_VM=1 atoll-conformance \(words)"
    }

    /// Runs all parts to their ends; what the first says.
    func run(_ words: String) async throws -> String {
        try await withThrowingTaskGroup { parts in
            for (rank, guest) in guests.enumerated() {
                parts.addTask { (rank, try await guest.shell(line(rank, words))) }
            }
            var said = ""
            for try await (rank, text) in parts where rank == 0 { said = text }
            return said
        }
    }

    /// Starts all parts in the background.
    func start(_ words: String) async throws {
        for (rank, guest) in guests.enumerated() {
            _ = try await guest.shell("(\(line(rank, words)) >/tmp/part 2>&1 &)")
        }
    }

    func stop() async throws {
        for guest in guests { _ = try await guest.shell("killall -9 atoll-conformance; true") }
    }

    /// Nanoseconds of processor time that the first VM's part has used.
    func used() async throws -> UInt64 {
        let text = try await guests[0].shell(
            "cat /proc/$(pidof atoll-conformance)/task/*/schedstat")
        return text.split(separator: "\n")
            .reduce(0) { $0 + (UInt64($1.split(separator: " ")[0]) ?? 0) }
    }
}

extension VMTests {
    @Suite(.timeLimit(.minutes(5))) struct Waits {
        private func withTeam(
            of count: Int, _ body: @Sendable (SleepingTeam) async throws -> Void
        ) async throws {
            let lab = try Lab()
            try await lab.withDoorbell { socket in
                let name = URL(filePath: socket).lastPathComponent
                let object = String(name.dropFirst("bell-".count))
                try await withGuests(lab, count, socket, []) { guests in
                    try await body(try SleepingTeam(lab, guests, object: object))
                }
            }
        }

        private func withGuests(
            _ lab: Lab, _ count: Int, _ socket: String, _ guests: [ModuleGuest],
            _ body: ([ModuleGuest]) async throws -> Void
        ) async throws {
            if guests.count == count { return try await body(guests) }
            try await lab.withVM(["--doorbell", socket]) { vm in
                let guest = ModuleGuest(lab: lab, vm: vm)
                try await guest.load()
                try await withGuests(lab, count, socket, guests + [guest], body)
            }
        }

        @Test(arguments: [2, 3])
        func everySuiteHoldsWhereVMsSleep(vms: Int) async throws {
            try await withTeam(of: vms) { team in
                let said = try await team.run("all 20").split(separator: "\n")
                #expect(said.count == 18 && said.allSatisfy { $0.hasPrefix("ok ") }, "\(said)")
                for guest in team.guests {
                    let interrupts = try await guest.attributes("/dev/atoll0")[2]
                    #expect(!interrupts.hasPrefix("0 "), "\(guest.vm): \(interrupts)")
                    #expect(try await guest.complaints() == "")
                }
            }
        }

        /// A job waits for a VM that is paused for ten seconds.
        @Test func aWaitingJobUsesNextToNoProcessor() async throws {
            try await withTeam(of: 2) { team in
                try await team.start("barrier 100000000")
                try await eventually("the team meets") {
                    try await team.guests[0].attributes("/dev/atoll0")[2].hasPrefix("0 ") == false
                }
                try await team.lab.virsh("suspend", team.guests[1].vm)
                let (start, before) = (MonotonicClock.now(), try await team.used())
                MonotonicClock.sleep(nanoseconds: 10_000_000_000)
                let (after, end) = (try await team.used(), MonotonicClock.now())
                try await team.lab.virsh("resume", team.guests[1].vm)
                print("waited \((end - start) / 1_000_000) ms, used \((after - before) / 1000) us")
                #expect(after - before < (end - start) / 50)
                // And it goes on.
                let rings = try await team.guests[0].attributes("/dev/atoll0")[2]
                try await eventually("the team meets again") {
                    try await team.guests[0].attributes("/dev/atoll0")[2] != rings
                }
                try await team.stop()
            }
        }
    }
}
