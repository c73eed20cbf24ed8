// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Hummingbird

/// Answers what no route takes: 405 where the path has other methods, else 404.
struct UnknownPathMiddleware: RouterMiddleware {
    let routes: RouteTable

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let allowed = routes.methods(for: request.uri.path)
        if allowed.contains(request.method) { return try await next(request, context) }
        let response =
            if allowed.isEmpty {
                try Answer.error(
                    APIError(
                        code: .notFound, message: "no such path", value: request.uri.path,
                        remedy: "GET /openapi.json lists them"))
            } else {
                try Answer.error(
                    APIError(
                        code: .methodNotAllowed, message: "the path has no such method",
                        value: request.method.rawValue,
                        remedy: "it has \(list(allowed))"),
                    headers: [.allow: list(allowed)])
            }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func list(_ methods: [HTTPRequest.Method]) -> String {
        methods.map(\.rawValue).joined(separator: ", ")
    }
}
