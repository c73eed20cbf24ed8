// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// A reader and a writer of one ring, and a rogue who writes into it.
enum RingFuzz {
    private static let memory = RegionUnderTest()

    static func run(_ bytes: [UInt8]) {
        // Shared by all inputs: libFuzzer has one thread, and the tests run this entry in one.
        let test = memory
        test.restore()
        guard let region = try? Region.open(test.memory),
            var reader = OutputRing(region, index: 1), var writer = OutputRing(region, index: 1)
        else { return promise(false, "a fresh region has rings") }
        let at = test.layout.ringsStart + 192 + test.layout.ringBytes
        var input = Input(bytes)
        var isClean = true
        var sent: [[UInt8]] = []
        for _ in 0..<500 where !input.isEmpty {
            switch input.byte() & 3 {
            case 0:
                isClean = false
                let words = input.byte() & 1 == 0 ? 24 : 24 + test.layout.ringBytes / 8
                test.memory.store64(input.word(), at: at + 8 * input.number(below: words))
            case 1:
                let text = Array(repeating: input.byte(), count: input.number(below: 1025))
                if writer.write(stream: 1 + input.byte() & 1, text[...]) { sent.append(text) }
            default:
                do {
                    guard let (stream, text) = try reader.read() else { continue }
                    promise(stream == 1 || stream == 2, "there are two streams")
                    promise(text.count <= reader.maximumText, "a record has a longest text")
                    if isClean { promise(text == sent.removeFirst(), "it comes out as it went in") }
                } catch { promise(!isClean, "what a writer leaves is readable") }
            }
        }
    }
}
