// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Hummingbird

/// `/v1/groups/{group}/quota` and `/v1/owners/{owner}/quota`
struct QuotaRoutes {
    let host: HostService
    let configuration: APIConfiguration

    func add(to router: Router<APIContext>) {
        router.get("/v1/groups/{group}/quota", use: show)
        router.put("/v1/groups/{group}/quota", use: set)
        router.get("/v1/owners/{owner}/quota", use: showOwner)
        router.put("/v1/owners/{owner}/quota", use: setOwner)
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Response
    {
        try Answer.value(await host.quota(of: context.path("group"), as: context.caller))
    }

    @Sendable private func set(_ request: Request, _ context: APIContext) async throws -> Response {
        var request = request
        let spec = try await request.decode(QuotaSpec.self, limit: configuration.bodyLimit)
        return try Answer.value(
            await host.setQuota(spec, of: context.path("group"), as: context.caller))
    }

    @Sendable private func showOwner(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try Answer.value(await host.quota(ofOwner: owner(context), as: context.caller))
    }

    @Sendable private func setOwner(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        var request = request
        let spec = try await request.decode(OwnerQuotaSpec.self, limit: configuration.bodyLimit)
        return try Answer.value(
            await host.setQuota(spec, ofOwner: owner(context), as: context.caller))
    }

    private func owner(_ context: APIContext) throws(APIError) -> UInt32 {
        let text = try context.path("owner")
        guard let owner = UInt32(text) else {
            throw APIError(
                code: .badRequest, message: "the number of a Unix user is needed", value: text,
                remedy: "`id -u NAME` gives it")
        }
        return owner
    }
}
