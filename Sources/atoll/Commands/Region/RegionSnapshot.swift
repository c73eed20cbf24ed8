// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import AtollAPI
import AtollClient
import AtollSnapshot
import AtollSnapshotFile

struct RegionSnapshot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Write a region's content to a file.",
        discussion: """
            The group's VMs are paused meanwhile, so that the content is of one moment; with --live \
            they run on. The file is compressed, holds no zeros, and has checksums; it takes its name \
            when it is whole. Objects of running jobs are in it, and are left out when it is restored.
            """)

    @Argument(help: "The group's name.", completion: Completion.groups)
    var group: String

    @Argument(help: "The region's name.", completion: Completion.regions)
    var region: String

    @Argument(help: "The file to write; one that is there is replaced.", completion: .file())
    var file: String

    @Flag(
        help:
            "Pause the group's VMs (the default), or let them run on: what they write meanwhile may be in it or not."
    )
    var mode: Mode = .pause

    @OptionGroup var global: GlobalOptions

    enum Mode: EnumerableFlag { case pause, live }

    func run() async throws {
        try await global.withClient { client in
            let summary = try await save(client)
            try Report(json: global.json).result(summary) { summary.lines }
            if !summary.consistent {
                Report(json: global.json).note(
                    "VMs ran meanwhile: what they wrote may be in the snapshot in part")
            }
        }
    }

    private func save(_ client: AtollClient) async throws(APIError) -> SnapshotSummary {
        let writer = try fileWork { () throws(SnapshotFileError) in
            try SnapshotFileWriter(path: file)
        }
        do throws(APIError) {
            let summary = try await receive(client, into: writer)
            try fileWork { () throws(SnapshotFileError) in try writer.finish() }
            return summary
        } catch {
            writer.abandon()
            throw error
        }
    }

    private func fileWork<Result>(_ body: () throws(SnapshotFileError) -> Result) throws(APIError)
        -> Result
    {
        do throws(SnapshotFileError) { return try body() } catch { throw error.api(file) }
    }

    private func receive(_ client: AtollClient, into writer: SnapshotFileWriter)
        async throws(APIError) -> SnapshotSummary
    {
        var parser = SnapshotParser(allowing: [.plain])
        var summary: SnapshotSummary?
        var meter = Meter("saving region \(region)", of: 1, json: global.json)
        defer { meter.wipe() }
        do {
            for try await piece in try await client.snapshot(region, of: group, live: mode == .live)
            {
                parser.add(piece)
                while let part = try parser.next() {
                    switch part {
                    case .head(let head):
                        summary = SnapshotSummary(head)
                        meter = Meter(
                            "saving region \(region)", of: head.regionBytes, json: global.json)
                        try writer.begin(head)
                    case .record(let record):
                        try writer.add(record)
                        guard case .chunk(let chunk) = record else { continue }
                        summary?.chunks += 1
                        meter.show(chunk.number * UInt64(SnapshotHead.chunk))
                    }
                }
            }
            try parser.finish()
        } catch {
            throw APIError.transfer(error, file)
        }
        guard var summary else { throw SnapshotFileError.content(.noSnapshot).api(file) }
        // The checksum comes still.
        summary.fileBytes = writer.written + 32
        return summary
    }
}

extension APIError {
    /// What went wrong while a snapshot was on its way.
    static func transfer(_ error: any Error, _ path: String) -> APIError {
        switch error {
        case let error as APIError: error
        case let error as SnapshotFileError: error.api(path)
        case SnapshotError.cutShort:
            APIError(
                code: .daemonFailed, message: "the daemon broke the snapshot off",
                remedy: "`atoll events` says why; take it once more")
        case let error as SnapshotError: SnapshotFileError.content(error).api(path)
        default: APIError(code: .daemonFailed, message: "the transfer failed: \(error)")
        }
    }
}

/// What is told of a snapshot.
struct SnapshotSummary: Encodable {
    var group: String
    var region: String
    var regionBytes: UInt64
    /// Whether nothing ran while it was taken.
    var consistent: Bool
    var chunks: UInt64 = 0
    var fileBytes: UInt64 = 0

    init(_ head: SnapshotHead) {
        group = head.group
        region = head.region
        regionBytes = head.regionBytes
        consistent = head.isConsistent
    }

    var lines: [String] {
        let content = chunks * UInt64(SnapshotHead.chunk)
        return [
            "region \(region) of group \(group) saved: \(ByteSize.text(content)) of "
                + "\(ByteSize.text(regionBytes)) are not zero, \(ByteSize.text(fileBytes)) in the file"
        ]
    }
}
