// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSystem
import Foundation
import Testing

/// One stream from a pipe into a ring, without a process.
@Suite(.timeLimit(.minutes(1))) struct OutputTests {
    private let region: TestRegion
    private var writer: OutputRing
    private var reader: OutputRing

    init() throws {
        region = try TestRegion()
        writer = try #require(OutputRing(region.region, index: 2))
        reader = try #require(OutputRing(region.region, index: 2))
    }

    private mutating func read() throws -> [String] {
        var texts: [String] = []
        while let (stream, text) = try reader.read() {
            #expect(stream == 2)
            texts.append(String(decoding: text, as: UTF8.self))
        }
        return texts
    }

    private func write(_ text: String, _ descriptor: Int32) throws {
        #expect(try AtollSystem.write(Array(text.utf8)[...], to: descriptor) == text.utf8.count)
    }

    @Test mutating func passesWholeLinesOn() throws {
        let pipe = try AtollSystem.Pipe()
        let end = pipe.writing.raw
        try write("one\ntwo\nthr", end)
        let output = ProcessOutput(stream: 2, try duplicate(pipe.reading.raw))
        output.pump(into: &writer)
        #expect(try read() == ["one\ntwo\n"])
        try write("ee\n", end)
        output.pump(into: &writer)
        #expect(try read() == ["three\n"])
        #expect(!output.isAtEnd)
    }

    @Test mutating func passesABegunLineOnAtTheEnd() throws {
        let pipe = try AtollSystem.Pipe()
        try write("no end of line", pipe.writing.raw)
        let output = ProcessOutput(stream: 2, try duplicate(pipe.reading.raw))
        output.pump(into: &writer)
        #expect(try read() == [])
        output.processEnded()
        output.pump(into: &writer)
        #expect(try read() == ["no end of line"])
        #expect(output.isDone)
    }

    /// Somebody else may hold the pipe open when the process has ended.
    @Test mutating func countsWhatWasThereAtTheEnd() throws {
        let pipe = try AtollSystem.Pipe()
        try write("before\n", pipe.writing.raw)
        let output = ProcessOutput(stream: 2, try duplicate(pipe.reading.raw))
        output.processEnded()
        try write("after\n", pipe.writing.raw)
        output.pump(into: &writer)
        #expect(output.isDone)
        #expect(try read() == ["before\n"])
    }

    @Test mutating func cutsALineThatNoRecordHolds() throws {
        let pipe = try AtollSystem.Pipe()
        let long = String(repeating: "x", count: 2 * writer.maximumText + 10) + "\n"
        try write(long, pipe.writing.raw)
        let output = ProcessOutput(stream: 2, try duplicate(pipe.reading.raw))
        output.pump(into: &writer)
        let texts = try read()
        #expect(texts.joined() == long)
        #expect(texts.map(\.utf8.count) == [writer.maximumText, writer.maximumText, 11])
    }

    @Test mutating func waitsForRoomAndDropsNothing() throws {
        let pipe = try AtollSystem.Pipe()
        let lines = (0..<4000).map { "line \($0)\n" }.joined()
        try write(lines, pipe.writing.raw)
        let output = ProcessOutput(stream: 2, try duplicate(pipe.reading.raw))
        output.pump(into: &writer)
        #expect(output.isBlocked)
        #expect(output.descriptor == nil)
        output.processEnded()
        var all = ""
        try until("all is through") {
            all += try read().joined()
            output.pump(into: &writer)
            return output.isDone
        }
        all += try read().joined()
        #expect(all == lines)
    }

    private func duplicate(_ descriptor: Int32) throws -> OwnedFD {
        // Non-blocking is the open file's property, so the copy has it too.
        OwnedFD(taking: dup(descriptor))
    }
}
