// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Hummingbird

/// `/v1/groups/{group}/regions`
struct RegionRoutes {
    let host: HostService
    let configuration: APIConfiguration

    func add(to router: Router<APIContext>) {
        router.get("/v1/groups/{group}/regions", use: list)
        router.post("/v1/groups/{group}/regions", use: create)
        router.get("/v1/groups/{group}/regions/{region}", use: show)
        router.delete("/v1/groups/{group}/regions/{region}", use: delete)
        router.post("/v1/groups/{group}/regions/{region}/move", use: move)
        router.put("/v1/groups/{group}/regions/{region}/attachments/{vm}", use: protect)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        try Answer.value(await host.regions(of: context.path("group"), as: context.caller))
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var request = request
        let spec = try await request.decode(RegionSpec.self, limit: configuration.bodyLimit)
        let region = try await host.createRegion(
            spec, in: context.path("group"), as: context.caller)
        return try Answer.value(region, status: .created)
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let region = try await host.region(
            context.path("region"), of: context.path("group"), as: context.caller)
        return try Answer.value(region)
    }

    /// The move goes on to its end even where the client hangs up.
    @Sendable private func move(_ request: Request, _ context: APIContext) async throws -> Response
    {
        var request = request
        let spec = try await request.decode(MoveSpec.self, limit: configuration.bodyLimit)
        let steps = try await host.moveRegion(
            context.path("region"), of: context.path("group"), spec, as: context.caller)
        return LineStream(values: steps, keepAlive: configuration.keepAlive).response(to: request)
    }

    @Sendable private func protect(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var request = request
        let spec = try await request.decode(AttachmentSpec.self, limit: configuration.bodyLimit)
        let attachment = try await host.protect(
            context.path("region"), of: context.path("group"), vm: context.path("vm"),
            readOnly: spec.readOnly, as: context.caller)
        return try Answer.value(attachment)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try await host.deleteRegion(
            context.path("region"), of: context.path("group"), force: request.flag("force"),
            as: context.caller)
        return Answer.nothing
    }
}
