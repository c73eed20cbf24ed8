// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

/// Everything the daemon does, as the API offers it. Operations on one group run one after the
/// other; each either is done when it returns, or has thrown and changed nothing.
public actor HostService {
    public init() {}

    // Groups
    public func createGroup(_ spec: GroupSpec, as caller: Caller) async throws(APIError) -> Group { throw .todo }
    public func groups(as caller: Caller) async throws(APIError) -> [Group] { throw .todo }
    public func group(_ name: String, as caller: Caller) async throws(APIError) -> Group { throw .todo }
    public func deleteGroup(_ name: String, force: Bool, as caller: Caller) async throws(APIError) { throw .todo }

    // Regions
    public func createRegion(_ spec: RegionSpec, in group: String, as caller: Caller) async throws(APIError) -> Region { throw .todo }
    public func regions(of group: String, as caller: Caller) async throws(APIError) -> [Region] { throw .todo }
    public func region(_ name: String, of group: String, as caller: Caller) async throws(APIError) -> Region { throw .todo }
    public func deleteRegion(_ name: String, of group: String, force: Bool, as caller: Caller) async throws(APIError) { throw .todo }

    // Members
    public func addMember(_ spec: MemberSpec, to group: String, as caller: Caller) async throws(APIError) -> Member { throw .todo }
    public func members(of group: String, as caller: Caller) async throws(APIError) -> [Member] { throw .todo }
    public func removeMember(_ vm: String, from group: String, force: Bool, as caller: Caller) async throws(APIError) { throw .todo }

    // Jobs
    /// Starts the job and gives its events; the last is `finished`. Ending the iteration early stops the job.
    public func run(_ spec: JobSpec, in group: String, as caller: Caller) async throws(APIError) -> AsyncStream<JobEvent> { throw .todo }
    public func jobs(of group: String, as caller: Caller) async throws(APIError) -> [Job] { throw .todo }
    public func signalJob(_ id: UInt64, in group: String, signal: Int, as caller: Caller) async throws(APIError) { throw .todo }

    // The world
    /// Events after `since` that the caller may see; with `follow` the stream goes on as they happen.
    public func events(since: Int64, group: String?, follow: Bool, as caller: Caller) async throws(APIError) -> AsyncStream<Event> { throw .todo }
    public func status() async -> Status { fatalError() }
    public func doctor() async -> [Check] { [] }
    /// Whether the first reconcile is over and the hypervisor answers.
    public func isReady() async -> Bool { false }
}

extension APIError { static var todo: APIError { APIError(code: .systemFailure, message: "not built yet") } }
