// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

/// A job whose processes are one OpenMP program: its launcher's side, and its input.
@Suite(.timeLimit(.minutes(2))) struct JobOpenMPTests {
    typealias Script = JobLaunchTests.Script

    /// Both parts run.
    private func script() throws -> Script {
        let script = try Script(members: 2, lease: 600_000)
        for rank in 0...1 {
            script.board.markOpenMP(script.ticket, rank: rank)
            script.run(rank)
        }
        #expect(script.poll() == [.beganOpenMP(rank: 0), .beganOpenMP(rank: 1)])
        return script
    }

    @Test func isToldBeforeItsOutput() throws {
        let script = try Script(members: 2)
        #expect(script.poll() == [])
        script.board.markOpenMP(script.ticket, rank: 0)
        script.run(0)
        #expect(script.rings[0].write(1, "x"))
        script.exit(0)
        #expect(
            script.poll() == [
                .beganOpenMP(rank: 0), JobLaunchTests.output(0, "x"), .exited(rank: 0, status: 0),
            ])
    }

    @Test func isNotToldOfAnother() throws {
        let script = try Script(members: 1)
        script.run(0)
        #expect(script.poll() == [])
    }

    /// The runtime ends the others, and says why: the launcher leaves it two seconds.
    @Test(arguments: [(0, 0), (0, 256), (1, 9)])
    func stopsTheOthersAfterAWhile(rank: Int, status: UInt32) throws {
        let script = try script()
        script.exit(rank, status)
        #expect(script.poll() == [.exited(rank: rank, status: status)])
        #expect(script.poll(after: 1_900_000_000) == [] && script.state == .posted)
        #expect(script.poll(after: 200_000_000) == [] && script.state == .stopping)
    }

    /// The program learns of it, and has time to say where it was.
    @Test(arguments: [0, 1], [false, true])
    func isToldOfALoss(rank: Int, survivesLoss: Bool) throws {
        let script = try Script(
            members: 2, lease: 600_000, survivesLoss: survivesLoss, bytes: 16 << 20)
        for rank in 0...1 {
            script.board.markOpenMP(script.ticket, rank: rank)
            script.run(rank)
        }
        let region = script.board.region
        let image = try #require(
            region.placeObject(
                name: OpenMPImage.name(job: script.ticket.number), bytes: 4 << 20,
                job: script.ticket.number, builder: 1))
        region.memory.zero(at: image.offset, count: 4 << 20)
        region.memory.store(OpenMPImage.magic, word: image.offset)
        #expect(region.publishObject(image))
        _ = script.poll()
        region.markLost(slot: rank)
        #expect(script.poll() == [.lost(rank: rank)])
        #expect(
            region.memory.load(word: image.offset + OpenMPImage.atEnd)
                == (rank == 0 ? 1 << 16 : 1 << 8) | OpenMPImage.wasLost)
        #expect(script.poll(after: 4_900_000_000) == [] && script.state == .posted)
        #expect(script.poll(after: 200_000_000) == [] && script.state == .stopping)
    }

    @Test func goesOnWithoutAServantThatEndedWell() throws {
        let script = try script()
        script.exit(1)
        #expect(script.poll() == [.exited(rank: 1, status: 0)])
        #expect(script.poll(after: 5_000_000_000) == [] && script.state == .posted)
    }

    @Test func bringsInput() throws {
        let script = try script()
        guard case .notYet = script.board.input(script.ticket) else {
            Issue.record("there is input before any was offered")
            return
        }
        var input = try #require(JobInput(offering: script.ticket, on: script.board))
        guard case .ring(var ring) = script.board.input(script.ticket) else {
            Issue.record("no ring")
            return
        }
        let nothing = try ring.read()
        #expect(nothing == nil)
        let most = input.most
        var written = 0
        while input.write([UInt8](repeating: UInt8(written), count: most)[...]) { written += 1 }
        let isEnded = input.end()
        #expect(written == 3 && isEnded)
        for index in 0..<written {
            let record = try ring.read()
            #expect(record?.text == [UInt8](repeating: UInt8(index), count: most))
        }
        let end = try ring.read()
        #expect(end?.text == [])
        // The ring is given back with the job.
        let free = script.board.freeRings
        script.exit(0)
        script.exit(1)
        #expect(script.pollUntilOver())
        script.finish()
        #expect(script.board.freeRings == free + 3)
        if case .ring = script.board.input(script.ticket) {
            Issue.record("an ended job has input")
        }
    }

    @Test func tellsThatThereIsNoInput() throws {
        let script = try script()
        _ = script.board.claimRings(1000, for: 77)
        #expect(JobInput(offering: script.ticket, on: script.board) == nil)
        guard case .none = script.board.input(script.ticket) else {
            Issue.record("somebody waits for input that will not come")
            return
        }
    }
}
