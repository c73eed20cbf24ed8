// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import Foundation
import GRDB

extension HostService {
    /// Moves a region's memory to where this policy wants it, while its members go on using it. The
    /// stream tells how far it is and ends with what could not be moved, or with an error. A move that
    /// a daemon's death cuts short is done once more by the next daemon.
    public func moveRegion(
        _ name: String, of group: String, _ spec: MoveSpec, as caller: Caller
    ) async throws(APIError) -> AsyncStream<MoveProgress> {
        var row = try find(name, in: try state(of: group, for: caller))
        row.numa = spec.numa
        let nodes = try await placement { () throws(PlacementError) in
            try await ports.placement.nodes()
        }
        try Self.check(spec.numa, nodes: nodes)
        let total = UInt64(clamping: row.size)
        // Whoever reads slowly misses steps, and never the end.
        let (stream, told) = AsyncStream<MoveProgress>.makeStream(
            bufferingPolicy: .bufferingNewest(8))
        Task {
            do throws(APIError) {
                let left = try await inTurn(group) { () throws(APIError) in
                    try await move(name, of: group, to: spec.numa, as: caller) {
                        told.yield(MoveProgress(done: $0, total: total))
                    }
                }
                told.yield(MoveProgress(done: total, total: total, left: left))
            } catch { told.yield(MoveProgress(done: 0, total: total, error: error)) }
            told.finish()
        }
        return stream
    }

    private func move(
        _ name: String, of group: String, to policy: NUMAPolicy, as caller: Caller,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(APIError) -> UInt64 {
        let state = try state(of: group, for: caller)
        var row = try find(name, in: state)
        guard row.state == .ready, let file = try store.file(of: row) else {
            throw APIError(
                code: .notReady, message: "the region's memory is not there yet", value: name,
                remedy: "try again once `atoll region show` says ready")
        }
        let nodes = try await settle(policy, of: state)
        row.numa = policy
        row.isMoving = true
        let changed = row
        try rows { () throws(LedgerError) in try ledger.write { try changed.update($0) } }
        step(.moveRecorded)
        return try await move(row, at: file, to: nodes, of: state, progress: progress)
    }

    /// Goes on with a move that an earlier daemon began. The caller has the group's turn.
    func finishMove(_ row: RegionRow, of state: GroupState) async throws(APIError) {
        guard row.isMoving, let file = try store.file(of: row) else { return }
        let nodes = try await settle(row.numa, of: state)
        _ = try await move(row, at: file, to: nodes, of: state) { _ in }
    }

    /// Whether it succeeds or not, it is over: who asked is told, and may ask again.
    private func move(
        _ row: RegionRow, at file: String, to nodes: NodePolicy?, of state: GroupState,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(APIError) -> UInt64 {
        let left: UInt64
        do throws(APIError) {
            left = try await placement { () throws(PlacementError) in
                try await ports.placement.move(path: file, to: nodes, progress: progress)
            }
        } catch {
            try endMove(row)
            throw error
        }
        step(.moved)
        try endMove(row)
        await look(at: row)
        record(
            "region.moved", state.group, row.name,
            "region \(row.name) moved to \(row.numa)"
                + (left == 0 ? "" : "; \(ByteSize(bytes: left)) could not be moved"))
        return left
    }

    private func endMove(_ row: RegionRow) throws(APIError) {
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                try db.execute(
                    sql: "UPDATE regions SET isMoving = 0 WHERE id = ?",
                    arguments: [row.id.uuidString.lowercased()])
            }
        }
    }
}
