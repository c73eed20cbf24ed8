// SPDX-License-Identifier: Apache-2.0
import AtollFuzz
import Foundation
import Synchronization
import Testing

/// Seconds of what `make fuzz` does for minutes: the same entries, inputs that follow from a seed. A
/// trap ends the test run; a loop without end meets the time limit.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FuzzTests {
    struct Seeded {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            let z = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
            return z ^ z >> 31
        }
        mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 24) }
    }

    static let seeds: [Fuzz: [String]] = [
        .payload: [
            "/tmp\u{0}3\u{0}sh\u{0}-c\u{0}x\u{0}2\u{0}A=1\u{0}B=2\u{0}", "\u{0}1\u{0}a\u{0}0\u{0}",
        ],
        .uuid: ["6ba7b810-9dad-11d1-80b4-00c04fd430c8\n", "6BA7B8109DAD11D180B400C04FD430C8"],
    ]
    static let rounds: [Fuzz: Int] = [
        .region: 250, .ring: 1000, .payload: 10_000, .uuid: 10_000, .header: 500, .body: 3000,
        .line: 3000, .domain: 1000, .words: 10_000, .cgroup: 1000, .smaps: 3000, .doctor: 300,
        .snapshot: 3000,
    ]

    /// What earlier runs have found worth keeping, and examples by hand: `Tests/AtollFuzz/Corpus`.
    static func corpus(_ entry: Fuzz) throws -> [[UInt8]] {
        let directory = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Corpus/\(entry.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }

    @Test(arguments: Fuzz.allCases)
    func whatIsKeptIsSurvived(entry: Fuzz) throws {
        let kept = try Self.corpus(entry)
        #expect(!kept.isEmpty)
        for bytes in kept { entry.run(bytes) }
    }

    @Test(arguments: Fuzz.allCases)
    func anyBytesAreSurvived(entry: Fuzz) throws {
        var random = Seeded(state: 42)
        let whole =
            try Self.seeds[entry, default: []].map { Array($0.utf8) }
            + Self.corpus(entry).filter { !$0.isEmpty }
        for _ in 0..<Self.rounds[entry, default: 0] {
            var bytes: [UInt8]
            if !whole.isEmpty, random.byte() & 3 != 0 {
                bytes = whole[Int(random.byte()) % whole.count]
                for _ in 0...random.byte() & 3 {
                    let at = Int(random.next() >> 8 & 0xffff) % bytes.count
                    switch random.byte() & 7 {
                    case 0: bytes.remove(at: at)
                    case 1:
                        bytes.insert(contentsOf: bytes[at..<min(at + 16, bytes.count)], at: at)
                    default: bytes[at] = random.byte()
                    }
                    if bytes.isEmpty { break }
                }
            } else {
                bytes = (0..<random.next() >> 8 & 0x3ff).map { _ in random.byte() }
            }
            entry.run(bytes)
        }
    }

    @Test func nothingHappensToNothing() {
        for entry in Fuzz.allCases { entry.run([]) }
    }

    @Test func aRogueMayWriteWhileTheHostReads() async {
        let race = Race()
        let isOver = Atomic(false)
        await withCheckedContinuation { ended in
            Thread {
                var random = Seeded(state: 7)
                race.scribble(random: { random.byte() }) { !isOver.load(ordering: .relaxed) }
                ended.resume()
            }.start()
            race.work(rounds: 100)
            isOver.store(true, ordering: .relaxed)
        }
    }
}
