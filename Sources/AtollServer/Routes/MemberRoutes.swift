// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Hummingbird

/// `/v1/groups/{group}/members`
struct MemberRoutes {
    let host: HostService
    let configuration: APIConfiguration

    func add(to router: Router<APIContext>) {
        router.get("/v1/groups/{group}/members", use: list)
        router.post("/v1/groups/{group}/members", use: add)
        router.delete("/v1/groups/{group}/members/{vm}", use: remove)
        router.post("/v1/groups/{group}/members/{vm}/process", use: start)
    }

    @Sendable private func start(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try Answer.value(
            await host.startProcess(
                context.path("vm"), of: context.path("group"), as: context.caller))
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        try Answer.value(await host.members(of: context.path("group"), as: context.caller))
    }

    @Sendable private func add(_ request: Request, _ context: APIContext) async throws -> Response {
        var request = request
        let spec = try await request.decode(MemberSpec.self, limit: configuration.bodyLimit)
        let member = try await host.addMember(
            spec, to: context.path("group"), as: context.caller)
        return try Answer.value(member, status: .created)
    }

    @Sendable private func remove(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try await host.removeMember(
            context.path("vm"), from: context.path("group"), force: request.flag("force"),
            as: context.caller)
        return Answer.nothing
    }
}
