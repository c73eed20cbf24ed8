// SPDX-License-Identifier: Apache-2.0
import AtollSnapshot
import CZstd

/// Compresses chunks, each to one frame that carries the checksum of what is in it.
///
/// Safe to hold: the context never leaves it, and lives until `deinit`.
@safe final class Zstd {
    /// Fast: the VMs may stand still meanwhile.
    private static let level: Int32 = 1
    private let context: OpaquePointer?
    private var frame: [UInt8]

    init() {
        // SAFETY: the context is ours alone until `deinit`; zstd refuses to work with none.
        unsafe context = ZSTD_createCCtx()
        frame = [UInt8](repeating: 0, count: ZSTD_compressBound(SnapshotHead.chunk))
        // SAFETY: as above; both parameters exist in every zstd since 1.4.
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Self.level)
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        // SAFETY: made by `init`, released once.
        unsafe _ = ZSTD_freeCCtx(context)
    }

    /// The chunk compressed; as it is where that makes it no smaller.
    func pack(_ chunk: SnapshotChunk) -> SnapshotChunk {
        // SAFETY: only compared.
        guard chunk.storage == .plain, unsafe context != nil else { return chunk }
        // SAFETY: zstd reads the one array and writes into the other, within their counts, during the
        // call only.
        let count = unsafe ZSTD_compress2(
            context, &frame, frame.count, chunk.bytes, chunk.bytes.count)
        guard ZSTD_isError(count) == 0, count > 0, count < chunk.bytes.count else { return chunk }
        return SnapshotChunk(
            number: chunk.number, storage: .zstd, bytes: Array(frame.prefix(count)))
    }

    /// The chunk as it was. Throws ``SnapshotError/corruptChunk(number:)`` where the frame is no whole
    /// chunk's.
    static func unpack(_ chunk: SnapshotChunk) throws(SnapshotError) -> SnapshotChunk {
        guard chunk.storage == .zstd else { return chunk }
        var bytes = [UInt8](repeating: 0, count: SnapshotHead.chunk)
        // SAFETY: zstd reads the one array and writes into the other, within their counts, during the
        // call only, whatever the frame says of itself.
        let count = unsafe ZSTD_decompress(
            &bytes, bytes.count, chunk.bytes, chunk.bytes.count)
        guard ZSTD_isError(count) == 0, count == bytes.count else {
            throw .corruptChunk(number: chunk.number)
        }
        return SnapshotChunk(number: chunk.number, storage: .plain, bytes: bytes)
    }
}
