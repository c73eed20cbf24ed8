// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Hummingbird
import Logging

/// Names the caller before any handler runs.
struct CallerMiddleware: RouterMiddleware {
    let identify: PeerIdentity

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.caller = try await identify.caller(context.channel)
        context.logger[metadataKey: "user"] = "\(context.caller.user)"
        return try await next(request, context)
    }
}
