// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Interrupts between two VMs that have the kernel module.
extension VMTests {
    @Suite(.timeLimit(.minutes(5))) struct ModuleEvents {
        private let device = "/dev/atoll0"

        private func withGuests(
            _ body: (Lab, _ first: ModuleGuest, _ second: ModuleGuest, _ socket: String)
                async throws -> Void
        ) async throws {
            let lab = try Lab()
            try await lab.withDoorbell { socket in
                let options = ModuleGuest.poisoned + ["--doorbell", socket]
                try await lab.withVM(options) { a in
                    try await lab.withVM(options) { b in
                        let guests = [ModuleGuest(lab: lab, vm: a), ModuleGuest(lab: lab, vm: b)]
                        for guest in guests { try await guest.load() }
                        try await body(lab, guests[0], guests[1], socket)
                        for guest in guests { #expect(try await guest.complaints() == "") }
                    }
                }
            }
        }

        @Test func interruptsArriveAndNoneIsLost() async throws {
            try await withGuests { lab, first, second, _ in
                for (slot, guest) in [first, second].enumerated() {
                    #expect(
                        try await guest.probe(device, "info")
                            == "abi 1 peer \(slot) bytes 16777216 vectors 2 mapping 1 largest_page 2097152"
                    )
                    #expect(
                        try await guest.probe(device, "poll \(slot)")
                            == "poll 0, rung 1, read 8, poll 0")
                }
                let times = 10_000
                try await second.start(
                    device, "pong 0 \(times)", into: "/tmp/pong", until: "from 1")
                let ping = try await first.probe(device, "ping 1 \(times)", seconds: 200)
                #expect(ping.contains("\(times) there and back"), "\(ping)")
                let pong = try await second.said("/tmp/pong", "there and back")
                #expect(pong.contains("\(times) there and back"), "\(pong)")
                // Each rang itself once before.
                for guest in [first, second] {
                    #expect(try await guest.attributes(device)[2] == "\(times + 1) 0")
                }
            }
        }

        /// Whatever a peer does, a VM handles a bounded number of interrupts; and the last one is not lost.
        @Test func aFloodIsBounded() async throws {
            try await withGuests { lab, first, second, _ in
                let limit = 5
                _ = try await second.shell("echo \(limit) >/sys/module/atoll/parameters/limit")
                try await second.start(
                    device, "follow 100000000", into: "/tmp/follow", until: "from 0")
                let flood = try await first.probe(device, "flood 1 50000", seconds: 120)
                #expect(flood.hasPrefix("rang 50000"), "\(flood)")
                let followed = try await second.said("/tmp/follow", "counted").split(separator: " ")
                let counted = try #require(Int(followed[followed.count - 3]))
                let windows = try #require(Int(followed[followed.count - 1]))
                #expect(counted > 0 && counted <= windows * limit, "\(followed)")
                // It hears as well as before.
                try await second.start(device, "pong 0 10", into: "/tmp/pong", until: "from")
                #expect(try await first.probe(device, "ping 1 10").contains("10 there and back"))
            }
        }

        @Test func sleepersLearnThatTheDeviceIsGone() async throws {
            try await withGuests { lab, first, second, socket in
                try await first.start(device, "sleep", into: "/tmp/sleep", until: "sleeping")
                try await first.start(device, "hold", into: "/tmp/hold", until: "holding")
                let name = URL(filePath: socket).lastPathComponent
                try await lab.unplug(name, from: first.vm)
                #expect(
                    try await first.said("/tmp/sleep", "woken").hasSuffix(
                        "woken: ENODEV, poll 0x18"))
                #expect(
                    try await first.said("/tmp/hold", "SIGBUS")
                        .hasSuffix("SIGBUS; mmap ENODEV info ENODEV ring ENODEV wait ENODEV"))
                // Who is left rings nobody, and goes on.
                #expect(try await second.probe(device, "flood 0 100").hasPrefix("rang 100"))
                #expect(
                    try await second.probe(device, "poll 1") == "poll 0, rung 1, read 8, poll 0")
            }
        }
    }
}
