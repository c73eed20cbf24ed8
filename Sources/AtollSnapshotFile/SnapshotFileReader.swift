// SPDX-License-Identifier: Apache-2.0
import AtollSnapshot
import AtollSystem
import Crypto
import Foundation

/// Reads a snapshot's file from front to back.
final class SnapshotFileReader {
    private static let digestBytes = 32
    private static let piece = 1 << 20

    private let path: String
    private let file: OwnedFD
    let bytes: UInt64
    private var parser = SnapshotParser(allowing: [.plain, .zstd])
    private var digest = SHA256()
    private var offset: UInt64 = 0
    /// Where the checksum begins.
    private let end: UInt64

    init(path: String) throws(SnapshotFileError) {
        self.path = path
        do throws(Errno) {
            file = try OwnedFD(opening: path, .followsLinks)
            bytes = try file.status().bytes
        } catch { throw .file(path: path, reason: error.words) }
        guard bytes >= UInt64(SnapshotHead.bytes + Self.digestBytes) else {
            throw .content(.noSnapshot)
        }
        end = bytes - UInt64(Self.digestBytes)
    }

    /// The next part, its chunk as it is in the region; `nil` after the end, where `isWhole` is known.
    func next() throws(SnapshotFileError) -> SnapshotParser.Part? {
        do throws(SnapshotError) {
            while true {
                if let part = try parser.next() {
                    guard case .record(.chunk(let chunk)) = part else { return part }
                    return .record(.chunk(try Zstd.unpack(chunk)))
                }
                guard offset < end else {
                    try parser.finish()
                    return nil
                }
                let piece = try readPiece()
                digest.update(data: piece)
                parser.add(piece)
            }
        } catch { throw .content(error) }
    }

    /// Whether all that was read, which has to be everything, has the checksum at the file's end.
    func hasItsChecksum() -> Bool {
        let written = try? file.read(atMost: Self.digestBytes, from: end)
        return offset == end && written == Array(digest.finalize())
    }

    private func readPiece() throws(SnapshotError) -> [UInt8] {
        let count = Int(min(UInt64(Self.piece), end - offset))
        let piece = (try? file.read(atMost: count, from: offset)) ?? []
        guard piece.count == count else { throw .corrupt }
        offset += UInt64(count)
        return piece
    }
}
