// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import NIOHTTP1

extension AtollClient {
    /// What happened after the event `since`; with `follow` the stream goes on as things happen.
    public func events(
        since: Int64 = 0, group: String? = nil, follow: Bool = false
    ) async throws(APIError) -> Lines<Event> {
        var query = [("since", "\(since)"), ("follow", "\(follow)")]
        if let group { query.append(("group", group)) }
        return try await stream(.GET, ["v1", "events"], query: query)
    }

    /// How the daemon is, and what it keeps.
    ///
    /// - Parameter accounts: with what groups take of the host's memory.
    public func status(accounts: Bool = false, of group: String? = nil) async throws(APIError)
        -> Status
    {
        var query: [(String, String)] = accounts ? [("accounts", "true")] : []
        if let group { query.append(("group", group)) }
        return try await call(.GET, ["v1", "status"], query: query)
    }

    /// The daemon's checks of the host and of every VM.
    public func doctor() async throws(APIError) -> [Check] {
        try await call(.GET, ["v1", "doctor"])
    }

    /// Returns when the daemon is ready to work, and throws when it is not.
    public func ready() async throws(APIError) {
        try await send(.GET, ["readyz"])
    }
}
