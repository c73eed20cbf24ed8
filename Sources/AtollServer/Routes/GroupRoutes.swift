// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Hummingbird

/// `/v1/groups`
struct GroupRoutes {
    let host: HostService
    let configuration: APIConfiguration

    func add(to router: Router<APIContext>) {
        router.get("/v1/groups", use: list)
        router.post("/v1/groups", use: create)
        router.get("/v1/groups/{group}", use: show)
        router.delete("/v1/groups/{group}", use: delete)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        try Answer.value(await host.groups(as: context.caller))
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var request = request
        let spec = try await request.decode(GroupSpec.self, limit: configuration.bodyLimit)
        return try Answer.value(
            await host.createGroup(spec, as: context.caller), status: .created)
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Response
    {
        try Answer.value(await host.group(context.path("group"), as: context.caller))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try await host.deleteGroup(
            context.path("group"), force: request.flag("force"), as: context.caller)
        return Answer.nothing
    }
}
