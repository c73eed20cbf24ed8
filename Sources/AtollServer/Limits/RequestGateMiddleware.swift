// SPDX-License-Identifier: Apache-2.0
import Hummingbird

/// Lets in so many requests of a user at once.
struct RequestGateMiddleware: RouterMiddleware {
    let gates: Gates

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let place = try gates.request(context.caller)
        defer { withExtendedLifetime(place) {} }
        return try await next(request, context)
    }
}
