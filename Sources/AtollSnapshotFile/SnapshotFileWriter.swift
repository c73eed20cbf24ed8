// SPDX-License-Identifier: Apache-2.0
public import AtollSnapshot
import AtollSystem
import Crypto
import Foundation

/// Writes a snapshot's file: under another name, until it is whole. One that was broken off leaves at
/// most `PATH.part`, which the next one to the same path replaces; what `PATH` was before stays until
/// then.
public final class SnapshotFileWriter {
    private let path: String
    private let file: FileHandle
    private var digest = SHA256()
    private let zstd = Zstd()
    /// Bytes of the file so far.
    public private(set) var written: UInt64 = 0

    private var draft: String { path + ".part" }

    public init(path: String) throws(SnapshotFileError) {
        self.path = path
        do throws(Errno) {
            if try FileStatus.ofName(path + ".part") != nil { try unlink(path + ".part") }
            // What VMs have in their memory is nobody else's business.
            let descriptor = try OwnedFD(
                opening: path + ".part", [.write, .create], permissions: 0o600)
            file = FileHandle(fileDescriptor: descriptor.release(), closeOnDealloc: true)
        } catch { throw .file(path: path, reason: error.words) }
    }

    public func begin(_ head: SnapshotHead) throws(SnapshotFileError) { try write(head.encoded) }

    public func add(_ record: SnapshotRecord) throws(SnapshotFileError) {
        switch record {
        case .chunk(let chunk): try write(SnapshotRecord.chunk(zstd.pack(chunk)).encoded)
        case .end: try write(record.encoded)
        }
    }

    /// Writes the checksum, sees that everything is on the disk, and gives the file its name.
    public func finish() throws(SnapshotFileError) {
        try write(Array(digest.finalize()))
        do {
            try file.synchronize()
            try file.close()
            try rename(draft, to: path)
        } catch { throw failure(error) }
    }

    /// Removes what was written.
    public func abandon() {
        try? file.close()
        try? unlink(draft)
    }

    private func write(_ bytes: [UInt8]) throws(SnapshotFileError) {
        digest.update(data: bytes)
        written += UInt64(bytes.count)
        do { try file.write(contentsOf: bytes) } catch { throw failure(error) }
    }

    private func failure(_ error: any Error) -> SnapshotFileError {
        let reason = (error as? Errno)?.words ?? error.localizedDescription
        return .file(path: path, reason: reason)
    }
}

extension Errno {
    var words: String {
        POSIXErrorCode(rawValue: code).map { POSIXError($0).localizedDescription }
            ?? "error \(code)"
    }
}
