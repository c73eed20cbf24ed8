// SPDX-License-Identifier: Apache-2.0
import AtollAPI

extension HostService {
    /// Takes the memory of a region that is only a name and a size so far.
    func fill(_ draft: String, _ row: RegionRow, of state: GroupState) async throws(APIError) {
        let bytes = UInt64(clamping: row.size)
        let order = FillOrder(path: draft, bytes: bytes, pages: row.pages)
        do throws(FillError) {
            try await ports.filler.fill(order) { _ in }
        } catch { throw error.api }
    }
}

extension FillError {
    var api: APIError {
        switch self {
        case .overQuota(let needed, let available):
            APIError(
                code: .quotaExceeded,
                message: "the group's account has \(ByteSize(bytes: available)) left",
                value: "\(ByteSize(bytes: needed))",
                remedy: "choose a smaller size, delete a region, or ask for a larger quota")
        case .noMemory(let needed, _):
            APIError(
                code: .hostMemory, message: "the host has no memory for the region",
                value: "\(ByteSize(bytes: needed))",
                remedy: "choose a smaller size, or stop a VM")
        case .noHugePages(let needed, let available):
            APIError(
                code: .hostMemory,
                message: "the host has \(ByteSize(bytes: available)) of huge pages left",
                value: "\(ByteSize(bytes: needed))",
                remedy: "reserve more, or let the region fall back to small pages")
        case .cancelled:
            APIError(code: .shuttingDown, message: "the region's making was cancelled")
        case .failed(let operation, let reason):
            APIError(
                code: .systemFailure, message: "cannot \(operation): \(reason)",
                remedy: "see the daemon's log")
        }
    }
}
