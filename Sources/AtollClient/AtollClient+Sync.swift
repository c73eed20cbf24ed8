// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import NIOHTTP1

extension AtollClient {
    /// Who holds and who waits for the named objects of the group's regions, and their figures.
    public func locks(of group: String) async throws(APIError) -> SyncReport {
        try await call(.GET, ["v1", "groups", group, "locks"])
    }
}
