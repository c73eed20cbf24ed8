// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import Foundation
import NIOHTTP1

extension AtollClient {
    /// Starts a job and gives what happens to it. Ending the iteration stops the job.
    public func run(_ spec: JobSpec, in group: String) async throws(APIError) -> Lines<JobEvent> {
        try await stream(.POST, ["v1", "groups", group, "jobs"], body: spec)
    }

    /// The group's running jobs.
    public func jobs(of group: String) async throws(APIError) -> [Job] {
        try await call(.GET, ["v1", "groups", group, "jobs"])
    }

    /// Brings more of its standard input to an OpenMP program; returns when there was room for it.
    public func writeInput(_ data: Data, end: Bool, job id: UInt64, in group: String)
        async throws(APIError)
    {
        try await send(
            .POST, ["v1", "groups", group, "jobs", "\(id)", "input"],
            body: InputSpec(base64: data, end: end ? true : nil))
    }

    /// Sends a signal to every process of the job.
    public func signalJob(_ id: UInt64, in group: String, signal: Int) async throws(APIError) {
        try await send(
            .POST, ["v1", "groups", group, "jobs", "\(id)", "signal"],
            body: SignalSpec(signal: signal))
    }
}
