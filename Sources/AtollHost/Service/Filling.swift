// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// A region whose memory is being taken.
struct Filling: Sendable {
    /// Bytes that are there.
    var bytes: UInt64 = 0
    let cancel: @Sendable () -> Void
}

extension HostService {
    /// Takes the memory of a region that is only a name and a size so far, charged to its group.
    func fill(
        _ draft: String, _ row: RegionRow, pages: PageSize, on nodes: NodePolicy?,
        of state: GroupState
    ) async throws(APIError) {
        let ticket = try await ticket(for: row, of: state)
        step(.ticketTaken)
        let order = FillOrder(
            path: draft, bytes: UInt64(clamping: row.size), pages: pages, nodes: nodes,
            ticket: ticket, reserve: configuration.memoryReserve)
        let filler = ports.filler
        let id = row.id
        let task = Task { () -> Result<Void, FillError> in
            do throws(FillError) {
                return .success(
                    try await filler.fill(order) { bytes in
                        Task { await self.filled(id, bytes) }
                    })
            } catch { return .failure(error) }
        }
        filling[id] = Filling { task.cancel() }
        // The last of it comes later than the end.
        defer { filling[id] = nil }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        do throws(FillError) { try result.get() } catch {
            if case .overQuota = error {
                record(
                    "quota.exceeded", state.group, row.name,
                    "region \(row.name) was not made: \(error.api.message)")
            }
            throw error.api
        }
        step(.regionFilled)
    }

    /// Word from the filler, which may come out of turn.
    private func filled(_ region: UUID, _ bytes: UInt64) {
        guard let before = filling[region]?.bytes, bytes > before else { return }
        filling[region]?.bytes = bytes
    }

    /// Ends the making of a region that has not come further than its memory. Whether it was so.
    func cancelFilling(_ region: String, of state: GroupState) -> Bool {
        guard let row = state.region(region), let now = filling[row.id] else { return false }
        now.cancel()
        return true
    }

    /// Bytes that regions in the making have been promised and have not taken yet.
    func promised() -> UInt64 {
        promises.reduce(0) { $0 + $1.value - min($1.value, filling[$1.key]?.bytes ?? 0) }
    }
}
