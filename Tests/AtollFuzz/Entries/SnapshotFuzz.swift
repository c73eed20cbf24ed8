// SPDX-License-Identifier: Apache-2.0
import AtollSnapshot

@testable import AtollSnapshotFile

/// A snapshot: what a user sends to the daemon, and what stands in a file. The first byte says in what
/// pieces it comes, and whether as a file's.
enum SnapshotFuzz {
    static func run(_ bytes: [UInt8]) {
        let first = bytes.first ?? 0
        var parser = SnapshotParser(allowing: first & 1 == 0 ? [.plain] : [.plain, .zstd])
        let piece = 1 + Int(first) * 37
        var head: SnapshotHead?
        var last: UInt64?
        var records: UInt64 = 0
        var rest = bytes.dropFirst()
        do throws(SnapshotError) {
            while true {
                while let part = try parser.next() {
                    switch part {
                    case .head(let found):
                        promise(head == nil && records == 0, "a head comes first and once")
                        promise(
                            found.regionBytes.nonzeroBitCount == 1
                                && found.regionBytes <= 1 << 40, "a size can be")
                        let again = try SnapshotHead(decoding: found.encoded[...])
                        promise(again == found, "a head reads as it is written")
                        head = found
                    case .record(.chunk(let chunk)):
                        promise(last.map { $0 < chunk.number } ?? true, "chunks rise")
                        promise(chunk.number < head!.chunks, "a chunk lies in the region")
                        last = chunk.number
                        records += 1
                        let plain = try Zstd.unpack(chunk)
                        promise(plain.bytes.count == SnapshotHead.chunk, "a chunk is whole")
                    case .record(.end(let chunks)): promise(chunks == records, "the end counts")
                    }
                }
                if rest.isEmpty { break }
                parser.add(rest.prefix(piece))
                rest = rest.dropFirst(piece)
            }
            try parser.finish()
            promise(parser.isOver, "what is whole is over")
        } catch { promise(!error.words.isEmpty, "a refusal has words") }
    }
}
