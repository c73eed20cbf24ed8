// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import AtollSnapshot
import AtollSnapshotFile
import Foundation

struct RegionRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Give a region the content of a snapshot.",
        discussion: """
            The file is checked wholly before anything is changed. A region that there is not is made, \
            of the snapshot's size. While VMs have the region joined, or jobs run on it, it is \
            refused. A restore that was broken off leaves a region that nobody can use: repeat the \
            command, and it goes on where it was.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.", completion: Completion.regions)
    var region: String

    @Argument(help: "The snapshot's file.", completion: .file())
    var file: String

    @Flag(
        help:
            "Restore it even while members use it: jobs are stopped, and guests asked to let go first. What is in it is lost."
    )
    var force = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withClient { client in
            let snapshot = try await verify()
            let start = try await prepare(client, snapshot)
            let restored = try await withProgress("restoring region \(region)", json: global.json) {
                () async throws(APIError) in
                try await client.restore(
                    region, of: group, from: start, force: force,
                    Pieces(snapshot: snapshot, from: start))
            }
            try Report(json: global.json).result(restored) {
                [
                    "region \(restored.name) of group \(restored.group) restored: "
                        + "\(ByteSize.text(restored.size)), from a snapshot of "
                        + "\(snapshot.head.group)/\(snapshot.head.region)".printable
                ]
            }
            if !snapshot.head.isConsistent {
                Report(json: global.json).note(
                    "VMs ran while the snapshot was taken: what they wrote then may be there in part"
                )
            }
        }
    }

    private func verify() async throws(APIError) -> SnapshotFile {
        do throws(SnapshotFileError) {
            return try await withProgress("checking \(file)", json: global.json) {
                () async throws(SnapshotFileError) in try SnapshotFile(verifying: file)
            }
        } catch { throw error.api(file) }
    }

    /// Makes the region where there is none; gives where an earlier try has come to.
    private func prepare(_ client: AtollClient, _ snapshot: SnapshotFile) async throws(APIError)
        -> UInt64
    {
        do throws(APIError) {
            let there = try await client.region(region, of: group)
            guard let restore = there.restore, there.size == snapshot.head.regionBytes,
                restore.snapshot.uuidString.lowercased() == snapshot.head.printedID
            else { return 0 }
            return restore.bytes / UInt64(SnapshotHead.chunk) * UInt64(SnapshotHead.chunk)
        } catch {
            guard error.code == .noSuchRegion else { throw error }
            let spec = RegionSpec(name: region, size: snapshot.head.regionBytes)
            _ = try await withProgress("making region \(region)", json: global.json) {
                () async throws(APIError) in try await client.createRegion(spec, in: group)
            }
            return 0
        }
    }

    /// What goes to the daemon: the file's parts, less the chunks that it has.
    private struct Pieces: AsyncSequence, Sendable {
        let snapshot: SnapshotFile
        let from: UInt64

        struct AsyncIterator: AsyncIteratorProtocol {
            var parts: SnapshotFile.Parts.AsyncIterator
            let from: UInt64
            var sent: UInt64 = 0

            mutating func next() async throws -> [UInt8]? {
                while let part = try await parts.next() {
                    switch part {
                    case .head(let head): return head.encoded
                    case .record(.end): return SnapshotRecord.end(chunks: sent).encoded
                    case .record(.chunk(let chunk)):
                        if chunk.number * UInt64(SnapshotHead.chunk) < from { continue }
                        sent += 1
                        return SnapshotRecord.chunk(chunk).encoded
                    }
                }
                return nil
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(parts: snapshot.parts.makeAsyncIterator(), from: from)
        }
    }
}

extension SnapshotHead {
    /// The snapshot's UUID as it is printed.
    var printedID: String {
        let digits = id.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
            .joined(separator: "-")
    }
}
