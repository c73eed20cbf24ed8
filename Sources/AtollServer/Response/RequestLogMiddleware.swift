// SPDX-License-Identifier: Apache-2.0
import Hummingbird
import Logging

/// One line a request: changes at `info`, questions at `debug`.
struct RequestLogMiddleware: RouterMiddleware {
    let figures: RequestFigures

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        figures.count(response.status.code)
        context.logger.log(
            level: request.method == .get ? .debug : .info, "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)", "duration": "\(ContinuousClock.now - start)",
            ])
        return response
    }
}
