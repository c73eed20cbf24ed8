// SPDX-License-Identifier: Apache-2.0
import AtollHost
import AtollSystem
import AtollTestSupport
import Foundation
import Testing

/// The server as a process, over real sockets. The clients are of this process, which has many seats.
@Suite(.timeLimit(.minutes(2))) struct ServerTests {
    /// A server of a region of 1 MiB, which is gone afterwards.
    struct Stage {
        static let object = "atoll.g.r"
        static let program =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/debug/atoll-doorbell").path

        let directory: TemporaryDirectory
        let servers: ProgramDoorbells
        let order: DoorbellOrder
        var socket: String { servers.socket(of: Self.object) }

        init(bytes: UInt64 = 1 << 20) throws {
            directory = try TemporaryDirectory(inMemory: true)
            servers = ProgramDoorbells(program: Self.program, directory: directory.path)
            let memory = directory.path + "/memory"
            try OwnedFD(opening: memory, [.write, .create]).setSize(bytes)
            order = DoorbellOrder(
                object: Self.object, memory: memory, bytes: bytes, vectors: 2,
                owner: ProcessOwner(user: UInt32(getuid()), group: UInt32(getgid())))
        }

        /// Slots 0 and on for this process.
        func seat(_ count: Int) throws {
            try servers.seat(
                (0..<count).map { DoorbellSeat(slot: $0, holder: .process(Identity.process)) },
                at: Self.object)
        }

        /// The server's process.
        var process: Int32 {
            get throws {
                let text = try String(
                    contentsOfFile: directory.path + "/atoll.g.r.lock", encoding: .utf8)
                return try #require(Int32(text.split { $0.isWhitespace }.last ?? ""))
            }
        }

        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
        }

        /// A client that is let in. A process that another test starts has the sockets of this one until
        /// it has become its program: so long the former client of the seat is there.
        func comer() async throws -> DoorbellClient {
            while true {
                let client = try DoorbellClient(socket)
                try await client.wait("an answer") { $0.version != nil }
                if client.version != 0 { continue }
                try await client.greeted()
                return client
            }
        }

        /// Waits until the server says that these are connected.
        func connected(_ slots: Set<Int>) async throws {
            while servers.connected(to: Self.object) != slots {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    private func withServer(seats: Int, _ body: (Stage) async throws -> Void) async throws {
        let stage = try Stage()
        try stage.seat(seats)
        try await stage.servers.serve(stage.order)
        do { try await body(stage) } catch {
            try await stage.servers.close(Stage.object)
            throw error
        }
        try await stage.servers.close(Stage.object)
        #expect(stage.directory.files == ["memory"])
    }

    @Test func clientsRingOneAnother() async throws {
        try await withServer(seats: 3) { stage in
            let clients = try (0..<3).map { _ in try DoorbellClient(stage.socket) }
            for client in clients { try await client.greeted() }
            #expect(clients.map(\.version) == [0, 0, 0])
            #expect(Set(clients.map(\.slot)) == [0, 1, 2])
            #expect(clients.allSatisfy { $0.memory?.bytes == 1 << 20 })
            for from in clients {
                try await from.wait("peers") { $0.others.count == 2 }
                for to in clients where to !== from {
                    for vector in 0..<2 {
                        try #require(from.others[to.slot!])[vector].ring()
                        #expect(try to.own[vector].take() == 1)
                        #expect(try to.own[1 - vector].take() == 0)
                    }
                }
            }
        }
    }

    @Test func whoComesBackIsRungByTheBellsThatAllKnow() async throws {
        try await withServer(seats: 2) { stage in
            let stays = try DoorbellClient(stage.socket)
            try await stays.greeted()
            for round in 0..<20 {
                // At once: the server sees the end and the new beginning together.
                let goes = try await stage.comer()
                #expect(goes.slot == 1)
                try await stays.wait("it has come") { $0.others[1]?.count == 2 }
                let early = try goes.own[0].take()
                #expect(early == (round == 0 ? 0 : 1), "what was rung while it was gone")
                try #require(stays.others[1])[0].ring()
                #expect(try goes.own[0].take() == 1)
                try #require(stays.others[1])[0].ring()
            }
            try await stage.connected([0])
            try stays.read()
            #expect(stays.others[1]?.count == 2)
        }
    }

    @Test func strangersAreTurnedAway() async throws {
        try await withServer(seats: 0) { stage in
            let stranger = try DoorbellClient(stage.socket)
            try await stranger.turnedAway()
            // The table is read for each that comes; and the second of one seat is one too many.
            try stage.seat(1)
            let first = try DoorbellClient(stage.socket)
            try await first.greeted()
            let second = try DoorbellClient(stage.socket)
            try await second.turnedAway()
            try first.read()
            #expect(!first.isRefused)
            // Not closed, or QEMU would never come to an end; but not without a limit.
            try stranger.read()
            #expect(!stranger.isRefused && stranger.slot == nil)
            let before = try stage.descriptors()
            let crowd = try (0..<100).map { _ in try DoorbellClient(stage.socket) }
            for client in crowd.suffix(50) { try await client.turnedAway() }
            #expect(try stage.descriptors() <= before + 64)
            try await stranger.refused()
        }
    }

    @Test(arguments: ["garbage", "half", "closes half-way", "reads nothing"])
    func aBadClientHarmsNobody(_ kind: String) async throws {
        try await withServer(seats: 3) { stage in
            let good = try DoorbellClient(stage.socket)
            try await good.greeted()
            let bad = try DoorbellClient(stage.socket)
            switch kind {
            case "garbage":
                _ = try bad.socket.send(Array(repeating: 0xff, count: 4096)[...])
                try await bad.refused()
            case "half":
                // A part of a greeting, and then an end in the midst of it.
                try await bad.wait("something") { $0.version != nil }
            case "closes half-way": #expect(shutdown(bad.socket.raw, Int32(SHUT_WR)) == 0)
            default: break
            }
            let other = try DoorbellClient(stage.socket)
            try await other.greeted()
            try await good.wait("the other") { client in
                other.slot.map { client.others[$0]?.count == 2 } ?? false
            }
            try #require(good.others[other.slot!])[1].ring()
            #expect(try other.own[1].take() == 1)
            withExtendedLifetime(bad) {}
        }
    }

    @Test func aHundredConnectsLeaveNoDescriptor() async throws {
        try await withServer(seats: 20) { stage in
            let stays = try DoorbellClient(stage.socket)
            try await stays.greeted()
            try await stage.connected([0])
            let before = try stage.descriptors()
            var counts: [Int] = []
            for round in 0..<11 {
                let crowd = try (0..<10).map { _ in try DoorbellClient(stage.socket) }
                for (number, client) in crowd.enumerated() where number % 3 != 0 || round % 2 == 0 {
                    try await client.greeted()
                }
                withExtendedLifetime(crowd) {}
            }
            for _ in 0..<2 {
                try await stage.connected([0])
                counts.append(try stage.descriptors())
                let last = try DoorbellClient(stage.socket)
                try await last.greeted()
            }
            // What each slot has for good, and nothing of those that had it.
            try await stage.connected([0])
            counts.append(try stage.descriptors())
            #expect(counts == [before, before, before].map { $0 + 2 * 10 })
        }
    }

    @Test func aServerIsFoundAgainAndStartedOnce() async throws {
        try await withServer(seats: 1) { stage in
            let first = try stage.process
            let client = try DoorbellClient(stage.socket)
            try await client.greeted()
            // Another daemon, which knows nothing.
            let later = ProgramDoorbells(program: Stage.program, directory: stage.directory.path)
            #expect(later.isServing(Stage.object))
            #expect(later.objects() == [Stage.object])
            try await later.serve(stage.order)
            #expect(try stage.process == first)
            #expect(later.connected(to: Stage.object) == [0])
            #expect(
                try !later.seat(
                    [DoorbellSeat(slot: 0, holder: .process(Identity.process))], at: Stage.object))
        }
    }

    @Test func aKilledServerIsKnownToBeGoneAndStartedAnew() async throws {
        try await withServer(seats: 2) { stage in
            let client = try DoorbellClient(stage.socket)
            try await client.greeted()
            try Signal.send(Signal.kill, to: try stage.process)
            while stage.servers.isServing(Stage.object) {
                try await Task.sleep(for: .milliseconds(1))
            }
            try await stage.servers.serve(stage.order)
            #expect(stage.servers.isServing(Stage.object))
            let next = try DoorbellClient(stage.socket)
            try await next.greeted()
        }
    }

    @Test(arguments: [3 << 20, 1 << 19, 0])
    func memoryOfAnOddSizeIsNotServed(_ bytes: UInt64) async throws {
        let stage = try Stage(bytes: bytes)
        try stage.seat(1)
        await #expect(throws: DoorbellError.self) { try await stage.servers.serve(stage.order) }
        #expect(!stage.servers.isServing(Stage.object))
    }

    @Test func memoryOfAnotherSizeIsNotServed() async throws {
        let stage = try Stage()
        var order = stage.order
        order.bytes = 2 << 20
        try stage.seat(1)
        await #expect(throws: DoorbellError.self) { try await stage.servers.serve(order) }
        order = stage.order
        order.memory += ".absent"
        await #expect(throws: DoorbellError.self) { try await stage.servers.serve(order) }
        #expect(!stage.servers.isServing(Stage.object))
    }

    @Test func longNamesFitIntoAnAddress() throws {
        let servers = ProgramDoorbells(
            program: "/p", directory: "/" + String(repeating: "d", count: 59))
        let long = "atoll.\(String(repeating: "g", count: 40)).\(String(repeating: "r", count: 40))"
        #expect(servers.socket(of: long).utf8.count <= LocalSocket.longestPath)
        #expect(servers.socket(of: long) != servers.socket(of: long.replacing("r", with: "s")))
        #expect(servers.socket(of: "atoll.g.r").hasSuffix("/atoll.g.r.sock"))
    }
}
