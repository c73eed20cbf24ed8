// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSystem
import Foundation
import Testing

@testable import AtollGuest

/// The meeting of an OpenMP program's processes before it starts: each a thread of this test, with the
/// test in the place of agents and host.
@Suite(.timeLimit(.minutes(2))) struct OpenMPMeetingTests: @unchecked Sendable {
    private typealias Refusal = OpenMPMeeting.Refusal

    private let region: TestRegion
    private let job: TestLaunch
    private static let members = 3

    init() throws {
        region = try TestRegion(bytes: 64 << 20, members: Self.members)
        job = try region.launch(["/bin/true"], members: Array(0..<Self.members))
    }

    private static var facts: OpenMPFacts {
        var facts = OpenMPFacts()
        facts.files = [
            .init(name: 1, content: 11), .init(name: 2, content: 22), .init(name: 3, content: 33),
        ]
        (facts.model, facts.flags, facts.threads, facts.stackLimit) = (5, 6, 2, 8 << 20)
        return facts
    }
    private static let names = ["the loader".bytes, "the program".bytes, "libx.so.1".bytes]

    private func environment(_ rank: Int) -> TeamEnvironment {
        TeamEnvironment(
            region: region.path.bytes, regionBytes: 64 << 20, job: job.ticket.number,
            jobIndex: job.ticket.index, slot: TestRegion.slot(rank), incarnation: 7, rank: rank,
            vms: Self.members, threadsPerVM: 2)
    }

    /// What comes of a rank.
    private func meet(_ rank: Int, _ facts: OpenMPFacts, bytes: UInt64? = 16 << 20) -> Result<
        OpenMPMeeting.Image, OpenMPMeeting.Refusal
    > {
        Result { () throws(Refusal) in
            try OpenMPMeeting(environment(rank)).agree(facts, names: Self.names) {
                meeting throws(Refusal) in
                try meeting.prepare(
                    bytes: bytes, least: 4 << 20, stackLimit: 8 << 20, isReported: false)
            }
        }
    }

    /// All ranks at once.
    private func meet(
        _ facts: [OpenMPFacts], bytes: UInt64? = 16 << 20
    ) -> [Result<OpenMPMeeting.Image, OpenMPMeeting.Refusal>] {
        let results = Results(facts.count)
        // A thread each: they wait for one another.
        let threads = facts.indices.map { rank in
            Thread { results.set(rank, meet(rank, facts[rank], bytes: bytes)) }
        }
        for thread in threads { thread.start() }
        while results.all.count < facts.count { MonotonicClock.sleep(nanoseconds: 1_000_000) }
        return results.all
    }

    private final class Results: @unchecked Sendable {
        private var values: [Result<OpenMPMeeting.Image, OpenMPMeeting.Refusal>?]
        private let lock = NSLock()
        init(_ count: Int) { values = Array(repeating: nil, count: count) }
        func set(_ rank: Int, _ value: Result<OpenMPMeeting.Image, OpenMPMeeting.Refusal>) {
            lock.withLock { values[rank] = value }
        }
        var all: [Result<OpenMPMeeting.Image, OpenMPMeeting.Refusal>] {
            lock.withLock { values.compactMap { $0 } }
        }
    }

    @Test func givesAllOneImage() throws {
        let before = region.region.memory
        before.zero(at: region.region.layout.arena, count: 1)
        let images = try meet(Array(repeating: Self.facts, count: 3)).map { try $0.get() }
        let image = images[0]
        #expect(images.allSatisfy { $0 == image })
        #expect(image.bytes == 16 << 20 && image.offset % (2 << 20) == 0)
        #expect(image.stackLimit == 8 << 20)
        #expect(before.load64(image.offset) == OpenMPImage.magic)
        #expect(before.load32(image.offset + OpenMPImage.atRanks) == 3)
        #expect(before.load64(image.offset + OpenMPImage.atJob) == job.ticket.number)
        #expect(before.load64(image.offset + OpenMPImage.atLease) == 600_000_000_000)
        for rank in 0..<3 {
            let at = image.offset + OpenMPImage.ranks + rank * OpenMPImage.rankBytes
            #expect(before.load32(at + OpenMPImage.atSlot) == UInt32(TestRegion.slot(rank)))
            #expect(before.copy(at: at + OpenMPImage.atName, count: 4) == "vm\(rank)\0".bytes)
        }
        // It goes with the job.
        let object = try #require(region.region.objects.first { $0.offset == image.offset })
        #expect(object.job == job.ticket.number)
    }

    /// What an earlier job left where the image comes to lie is not there any more.
    @Test func beginsWithZeros() throws {
        let memory = region.region.memory
        let arena = region.region.layout.arena
        memory.write(
            [UInt8](repeating: 0x5a, count: (64 << 20) - arena - (1 << 20)), at: arena + (1 << 20))
        let image = try meet(Array(repeating: Self.facts, count: 3), bytes: nil)[0].get()
        #expect(image.bytes >= 56 << 20)
        let heap = image.offset + OpenMPImage.heap
        let records = OpenMPImage.records(heapBytes: image.bytes - OpenMPImage.heap)
        #expect(memory.copy(at: heap, count: records).allSatisfy { $0 == 0 })
        #expect(memory.copy(at: image.offset + 128, count: 0xf00).allSatisfy { $0 == 0 })
    }

    private static let differences: [(String, @Sendable (inout OpenMPFacts) -> Void)] = [
        ("the program is not the same file there", { $0.files[1].content = 0 }),
        ("the loader is not the same file there", { $0.files[0].content = 0 }),
        ("libx.so.1 is not the same file there", { $0.files[2].content = 0 }),
        ("it loads other libraries there, where here it loads libx.so.1", { $0.files[2].name = 0 }),
        ("it loads other libraries there", { $0.files.removeLast() }),
        ("it loads 1 more libraries there", { $0.files.append(.init(name: 4, content: 4)) }),
        ("its processor is of another model", { $0.model = 0 }),
        ("its processor has other features", { $0.flags = 0 }),
        ("it runs 9 threads and this one 2", { $0.threads = 9 }),
    ]

    @Test(arguments: 0..<9) func refusesWhatDiffers(_ which: Int) {
        let (words, change) = Self.differences[which]
        var other = Self.facts
        change(&other)
        let results = meet([Self.facts, Self.facts, other])
        guard case .failure(.because(let reason)) = results[0] else {
            Issue.record("\(results[0])")
            return
        }
        let text = String(decoding: reason.bytes, as: UTF8.self)
        #expect(text.hasPrefix("VM vm2 differs from VM vm0: " + words), "\(text)")
        // One says it for all.
        #expect(results[1] == .failure(.byAnother) && results[2] == .failure(.byAnother))
    }

    @Test func waitsForNobodyWhoWillNotCome() throws {
        // Rank 2's agent refuses its part, and rank 1's VM is lost.
        _ = region.board.advance(job.ticket, rank: 2, from: .wanted, to: .refused, status: 2)
        let results = meet([Self.facts, Self.facts])
        #expect(results[0] == .failure(.byAnother) && results[1] == .failure(.byAnother))
        region.lose(1)
        guard case .failure(.because(let reason)) = meet(0, Self.facts) else {
            Issue.record("a lost VM is waited for")
            return
        }
        #expect(String(decoding: reason.bytes, as: UTF8.self).contains("lost"))
    }

    @Test func refusesAProgramThatIsAnotherThere() {
        _ = region.board.advance(job.ticket, rank: 2, from: .wanted, to: .running)
        let results = meet([Self.facts, Self.facts])
        guard case .failure(.because(let reason)) = results[0] else {
            Issue.record("\(results[0])")
            return
        }
        let text = String(decoding: reason.bytes, as: UTF8.self)
        #expect(text.contains("what VM vm2 has by that name does not use OpenMP"), "\(text)")
    }

    @Test func readsTheProcessor() {
        let text = "processor\t: 0\nvendor_id\t: X\nmodel\t\t: 1\ncpu MHz\t: 1.2\nflags\t: a b\n\n"
        let one = OpenMPFacts.processor(text.bytes)
        #expect(one == OpenMPFacts.processor(text.replacing("1.2", with: "3.4").bytes))
        #expect(one.flags != OpenMPFacts.processor(text.replacing("a b", with: "a").bytes).flags)
        #expect(
            one.model != OpenMPFacts.processor(text.replacing(": 1\n", with: ": 2\n").bytes).model)
    }
}
