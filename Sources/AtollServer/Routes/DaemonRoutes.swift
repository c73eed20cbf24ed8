// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Hummingbird
import NIOCore

/// What the daemon says about itself.
struct DaemonRoutes {
    let host: HostService
    let figures: RequestFigures

    func add(to router: Router<APIContext>) {
        router.get("/v1/status", use: status)
        router.get("/metrics", use: metrics)
        router.get("/v1/doctor", use: doctor)
        router.get("/healthz", use: health)
        router.get("/readyz", use: readiness)
        router.get("/openapi.json", use: document)
    }

    @Sendable private func status(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        let group = request.uri.queryParameters.get("group")
        var accounts: [GroupAccount]?
        if try request.flag("accounts") || group != nil {
            accounts = try await host.accounts(of: group, as: context.caller)
        }
        return try Answer.value(await host.status(accounts: accounts, as: context.caller))
    }

    /// Everybody's own groups; administrators', all.
    @Sendable private func metrics(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        let accounts = try await host.accounts(as: context.caller)
        let status = await host.status(accounts: accounts, as: context.caller)
        let text = HostMetrics.text(
            status, await host.figures(requests: figures.byStatus))
        return Response(
            status: .ok, headers: [.contentType: MetricsText.mediaType],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// The checks name every VM of the host, so they are for administrators.
    @Sendable private func doctor(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        guard context.caller.isAdministrator else {
            throw APIError(
                code: .notPermitted, message: "only an administrator may ask the daemon's doctor",
                value: "user \(context.caller.user)",
                remedy: "ask as root or as a member of the administrators' user group")
        }
        return try Answer.value(await host.doctor())
    }

    @Sendable private func health(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try Answer.value(Health(status: "ok"))
    }

    @Sendable private func readiness(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        guard await host.isReady() else {
            throw APIError(
                code: .notReady, message: "the daemon is not ready yet",
                remedy: "its log says what it waits for; `atoll doctor` says what is wrong")
        }
        return try Answer.value(Health(status: "ready"))
    }

    @Sendable private func document(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: Wire.json],
            body: .init(byteBuffer: ByteBuffer(bytes: OpenAPI.document)))
    }
}
