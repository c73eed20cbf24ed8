// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Hummingbird

/// `/v1/events`
struct EventRoutes {
    let host: HostService
    let configuration: APIConfiguration
    let gates: Gates

    func add(to router: Router<APIContext>) {
        router.get("/v1/events", use: events)
    }

    @Sendable private func events(_ request: Request, _ context: APIContext) async throws
        -> Response
    {
        let place = try gates.stream(context.caller)
        let events = try await host.events(
            since: request.count("since"), group: request.uri.queryParameters.get("group"),
            follow: request.flag("follow"), as: context.caller)
        return LineStream(values: events, keepAlive: configuration.keepAlive, place: place)
            .response(to: request)
    }
}
