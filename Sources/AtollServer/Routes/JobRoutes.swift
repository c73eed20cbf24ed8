// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Hummingbird

/// `/v1/groups/{group}/jobs`
struct JobRoutes {
    let host: HostService
    let configuration: APIConfiguration
    let gates: Gates

    func add(to router: Router<APIContext>) {
        router.get("/v1/groups/{group}/jobs", use: list)
        router.post("/v1/groups/{group}/jobs", use: run)
        router.post("/v1/groups/{group}/jobs/{id}/signal", use: signal)
        router.post("/v1/groups/{group}/jobs/{id}/input", use: input)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        try Answer.value(await host.jobs(of: context.path("group"), as: context.caller))
    }

    /// The job lives as long as its stream: a client that hangs up stops it.
    @Sendable private func run(_ request: Request, _ context: APIContext) async throws -> Response {
        var request = request
        let spec = try await request.decode(JobSpec.self, limit: configuration.bodyLimit)
        let place = try gates.stream(context.caller)
        let events = try await host.run(spec, in: context.path("group"), as: context.caller)
        let stream = LineStream(values: events, keepAlive: configuration.keepAlive, place: place) {
            last in
            if case .finished = last { return nil }
            return .finished(status: JobStatus.launcherFailed, reason: "the daemon is stopping")
        }
        return stream.response(to: request)
    }

    @Sendable private func signal(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var request = request
        let id = try id(context)
        let spec = try await request.decode(SignalSpec.self, limit: configuration.bodyLimit)
        guard (1...31).contains(spec.signal) else {
            throw APIError(
                code: .badRequest, message: "no signal has this number", value: "\(spec.signal)",
                remedy: "signals are 1 to 31")
        }
        try await host.signalJob(
            id, in: context.path("group"), signal: spec.signal, as: context.caller)
        return Answer.nothing
    }

    @Sendable private func input(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var request = request
        let id = try id(context)
        let spec = try await request.decode(InputSpec.self, limit: configuration.bodyLimit)
        try await host.writeInput(
            spec.base64, end: spec.end ?? false, job: id, in: context.path("group"),
            as: context.caller)
        return Answer.nothing
    }

    private func id(_ context: APIContext) throws -> UInt64 {
        let text = try context.path("id")
        guard let id = UInt64(text) else {
            throw APIError(code: .noSuchJob, message: "a job's id is a number", value: text)
        }
        return id
    }
}
