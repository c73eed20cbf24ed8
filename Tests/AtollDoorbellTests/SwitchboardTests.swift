// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import atoll_doorbell

/// The protocol without sockets: descriptors are words.
@Suite struct SwitchboardTests {
    /// A client as QEMU is one: what it knows, by what it was told.
    struct Peer {
        let slot: Int
        var told: [(number: Int64, descriptor: String?)] = []
        /// Others' bells, by slot.
        var others: [Int: [String]] = [:]
        var own: [String] = []
        var hasMemory = false
        var hasIdentity = false

        /// As QEMU takes it; `nil`, or what is wrong with it.
        mutating func take(_ number: Int64, _ descriptor: String?) -> String? {
            defer { told.append((number, descriptor)) }
            switch told.count {
            case 0: return number == 0 && descriptor == nil ? nil : "no version"
            case 1: return number == Int64(slot) && descriptor == nil ? nil : "not its own number"
            case 2:
                return number == -1 && descriptor == "memory" ? nil : "no memory"
            default: break
            }
            guard let descriptor else { return "\(number) goes, which QEMU does not bear" }
            if number == Int64(slot) {
                own.append(descriptor)
                return own.count > SwitchboardTests.vectors ? "too many bells of its own" : nil
            }
            others[Int(number), default: []].append(descriptor)
            return others[Int(number)]!.count > SwitchboardTests.vectors
                ? "too many bells of \(number)" : nil
        }
    }

    static let vectors = 2

    /// Asked a million times, which `#expect` is too slow for.
    static func check(
        _ isSo: Bool, _ what: @autoclosure () -> String = "the board and the hall differ"
    ) {
        if !isSo { Issue.record("\(what())") }
    }

    /// Some clients, all that they have been told, and the board.
    struct Hall {
        var board = Switchboard(memory: "memory", backlog: 1000)
        var peers: [UInt64: Peer] = [:]
        var last: UInt64 = 0
        /// By slot: its bells, made for who had it first.
        var bells: [Int: [String]] = [:]

        mutating func come(_ slot: Int) {
            last += 1
            let made = (0..<SwitchboardTests.vectors).map { "\(last).\($0)" }
            let isTaken = peers.values.contains { $0.slot == slot }
            SwitchboardTests.check(board.hasBells(slot) == (bells[slot] != nil))
            let isIn = board.connect(last, as: slot, bells: bells[slot] == nil ? made : [])
            SwitchboardTests.check(isIn == !isTaken)
            if bells[slot] == nil { bells[slot] = made }
            if !isTaken { peers[last] = Peer(slot: slot) }
        }

        mutating func go(_ slot: Int) {
            guard let id = peers.first(where: { $0.value.slot == slot })?.key else { return }
            let wasThere = board.leave(id)
            SwitchboardTests.check(wasThere)
            peers[id] = nil
            SwitchboardTests.check(board.next(for: id) == nil)
        }

        /// Everybody reads all there is, `stride` bytes at a time.
        mutating func read(stride: Int = 8) {
            for id in peers.keys {
                var bytes: [UInt8] = []
                var descriptor: String?
                while let (rest, with) = board.next(for: id) {
                    if !bytes.isEmpty {
                        SwitchboardTests.check(with == nil, "a descriptor goes once")
                    }
                    descriptor = with ?? descriptor
                    let piece = rest.prefix(stride)
                    bytes += piece
                    board.sent(piece.count, to: id)
                    guard bytes.count == 8 else { continue }
                    let number = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    let wrong = peers[id]!.take(Int64(bitPattern: number), descriptor)
                    SwitchboardTests.check(wrong == nil, "client \(id): \(wrong ?? "")")
                    (bytes, descriptor) = ([], nil)
                }
                SwitchboardTests.check(bytes.isEmpty)
            }
        }

        /// Everybody knows the bells of all slots that anybody has had.
        func expectAgreement() {
            for (id, peer) in peers {
                SwitchboardTests.check(peer.own == bells[peer.slot], "client \(id)")
                SwitchboardTests.check(
                    peer.others == bells.filter { $0.key != peer.slot }, "client \(id)")
            }
        }
    }

    /// Every sequence of five comings and goings of three slots, read at every moment or only at the end.
    @Test(arguments: [true, false]) func everyOrderOfComingAndGoing(readsAtOnce: Bool) {
        let acts = 5
        for number in 0..<(1 << acts) * 243 {
            var hall = Hall()
            var rest = number
            for _ in 0..<acts {
                let (isComing, slot) = (rest & 1 == 0, (rest >> 1) % 3)
                rest = (rest >> 1) / 3
                if isComing { hall.come(slot) } else { hall.go(slot) }
                if readsAtOnce { hall.read() }
            }
            hall.read()
            hall.expectAgreement()
        }
    }

    @Test(arguments: 1...8) func noticesGoInPieces(stride: Int) {
        var hall = Hall()
        for slot in [5, 0, 65535, 63] { hall.come(slot) }
        hall.read(stride: stride)
        hall.go(0)
        hall.come(0)
        hall.read(stride: stride)
        hall.expectAgreement()
    }

    @Test func theGreetingIsInQEMUsOrder() {
        var hall = Hall()
        hall.come(3)
        hall.come(1)
        hall.read()
        let told = hall.peers[2]!.told
        #expect(told.map(\.number) == [0, 1, -1, 3, 3, 1, 1])
        #expect(
            told.map(\.descriptor) == [nil, nil, "memory", "1.0", "1.1", "2.0", "2.1"])
    }

    @Test func whoIsBackIsReachedByTheSameBells() {
        var hall = Hall()
        hall.come(0)
        hall.come(1)
        hall.read()
        let before = hall.peers[1]!.told.count
        hall.go(1)
        hall.come(1)
        hall.read()
        #expect(hall.peers[1]!.told.count == before, "who stays is told nothing")
        #expect(hall.peers[3]!.own == ["2.0", "2.1"])
    }

    @Test func aTakenSlotOrIdIsRefused() {
        var board = Switchboard(memory: "memory", backlog: 10)
        let taken = [
            board.connect(1, as: 0, bells: ["a"]), board.connect(2, as: 0, bells: ["b"]),
            board.connect(1, as: 1, bells: ["b"]),
        ]
        #expect(taken == [true, false, false])
        #expect(board.holder(of: 0) == 1)
        #expect(board.holder(of: 1) == nil)
        let wasThere = board.leave(2)
        #expect(!wasThere)
    }

    @Test func whoTakesNothingIsOverdueAndNobodyElse() {
        var board = Switchboard(memory: "memory", backlog: 20)
        _ = board.connect(1, as: 0, bells: ["a", "b"])
        var next: UInt64 = 2
        while board.overdue == nil {
            #expect(next < 100)
            let isIn = board.connect(next, as: Int(next), bells: ["c", "d"])
            #expect(isIn)
            while let (bytes, _) = board.next(for: next) { board.sent(bytes.count, to: next) }
            board.leave(next)
            next += 1
        }
        #expect(board.overdue == 1)
        // Five of the greeting, and two for each slot that is taken for the first time.
        #expect(next == 2 + (20 - 5) / 2 + 1)
        board.leave(1)
        #expect(board.overdue == nil && board.next(for: 1) == nil)
    }
}
