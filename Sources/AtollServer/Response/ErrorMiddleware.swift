// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Gives every error, whoever threw it, the API's one shape.
struct ErrorMiddleware: RouterMiddleware {
    let bodyLimit: Int

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // No request could be read at all: Hummingbird closes the connection.
            throw error
        } catch {
            let error = describe(error, context)
            let response = try Answer.error(error)
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private func describe(_ error: any Error, _ context: APIContext) -> APIError {
        switch error {
        case let error as APIError:
            return error
        case is NIOTooManyBytesError:
            return APIError(
                code: .bodyTooLarge, message: "the body is longer than \(bodyLimit) bytes")
        case is CancellationError:
            return APIError(
                code: .shuttingDown, message: "the daemon is stopping",
                remedy: "ask again when it is back")
        default:
            context.logger.error("unforeseen error", metadata: ["error": "\(error)"])
            return APIError(code: .systemFailure, message: "unforeseen error: \(error)")
        }
    }
}
