// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Hummingbird

/// `/v1/groups/{group}/locks`
struct SyncRoutes {
    let host: HostService

    func add(to router: Router<APIContext>) {
        router.get("/v1/groups/{group}/locks", use: report)
    }

    @Sendable private func report(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        try Answer.value(await host.syncReport(of: context.path("group"), as: context.caller))
    }
}
