// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Logging

extension HostService {
    /// Makes and fills a region's memory, with a header, from the best source that can give it.
    func build(_ row: RegionRow, of state: GroupState, owner: ProcessOwner) async throws(APIError)
        -> (draft: String, region: MappedRegion)
    {
        store.dropDrafts(row)
        let nodes = try await settle(row.numa, of: state)
        let pages = HugePages(configuration)
        let best = pages.sources(row.pages, directory: configuration.memoryDirectory)
        let last: [PageSource] = row.pagesFallback && row.pages != .small ? [.memory] : []
        var refusal = best.isEmpty ? Self.noSource(row.pages) : nil
        for source in best + last {
            if source == .memory, let refusal {
                record(
                    "region.smallPages", state.group, row.name,
                    "region \(row.name) gets small pages: \(refusal.message)")
            }
            let draft = try store.makeDraft(row, owner: owner, from: source)
            do throws(APIError) {
                let size = source == .memory ? .small : row.pages
                try await fill(draft, row, pages: size, on: nodes, of: state)
                return (draft, try store.format(draft, row, group: state.group))
            } catch {
                store.drop(draft)
                guard error.code == .noHugePages else { throw error }
                refusal = error
            }
        }
        throw refusal!
    }

    static func noSource(_ pages: PageSize) -> APIError {
        let mount = "mount -t hugetlbfs -o pagesize=\(pages.bytes >> 20)M none"
        return APIError(
            code: .noHugePages, message: "the host gives regions no pages of this size",
            value: pages.rawValue,
            remedy: pages == .huge2MiB
                ? "mount -o remount,huge=advise /dev/shm; or reserve pages and `\(mount) "
                    + "/dev/hugepages`; or let it fall back to small pages"
                : "reserve pages and `mkdir /dev/hugepages1G; \(mount) /dev/hugepages1G`; "
                    + "or let it fall back to small pages")
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
        case .noMemory(let needed, let available):
            APIError(
                code: .hostMemory,
                message: "the host has \(ByteSize(bytes: available)) left for regions",
                value: "\(ByteSize(bytes: needed))",
                remedy: "choose a smaller size, or stop a VM")
        case .noHugePages(let needed, let available):
            APIError(
                code: .noHugePages,
                message: "the host has \(ByteSize(bytes: available)) of huge pages left",
                value: "\(ByteSize(bytes: needed))",
                remedy: "reserve more, or let the region fall back to small pages")
        case .cancelled:
            APIError(
                code: .cancelled, message: "the region's making was cancelled",
                remedy: "make it again when it is wanted")
        case .failed(let operation, let reason):
            APIError(
                code: .systemFailure, message: "cannot \(operation): \(reason)",
                remedy: "see the daemon's log")
        }
    }
}
