// SPDX-License-Identifier: Apache-2.0
import AsyncAlgorithms
import AtollAPI
import Hummingbird
import NIOCore
import ServiceLifecycle

/// An answer that is a stream of values, one JSON text a line.
///
/// The stream ends when the values do, when the daemon stops, or when the client hangs up. A client
/// that is gone without a word is noticed by the empty line that is written when nothing else has
/// been for a while. However it ends, iterating `values` ends with it.
struct LineStream<Values: AsyncSequence & Sendable>: Sendable
where Values.Element: Encodable & Sendable, Values.Failure == Never {
    let values: Values
    let keepAlive: Duration
    /// The caller's, among streams, as long as this one goes on.
    var place: Turnstile.Place?
    /// The line to end with, given the last value, where the values stop early because the daemon
    /// does.
    var farewell: @Sendable (Values.Element?) -> Values.Element? = { _ in nil }

    private enum Step: Sendable {
        case value(Values.Element)
        case silence
        case end
    }

    func response(to request: Request) -> Response {
        // The connection has been watched to its end, so it carries no further request.
        let headers: HTTPFields = [
            .contentType: Wire.lines, .connection: "close", .cacheControl: "no-store",
        ]
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await write(to: &writer)
                }
                try await writer.finish(nil)
            })
    }

    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws {
        var last: Values.Element?
        for await step in steps {
            switch step {
            case .value(let value):
                last = value
                try await writer.write(line(value))
            case .silence:
                try await writer.write(ByteBuffer(string: "\n"))
            case .end:
                if let value = farewell(last) { try await writer.write(line(value)) }
                return
            }
        }
        try Task.checkCancellation()
    }

    private var steps: some AsyncSequence<Step, Never> {
        let ending = chain(
            values.cancelOnGracefulShutdown().map { Step.value($0) }, [Step.end].async)
        let silences = AsyncTimerSequence(interval: keepAlive, clock: .continuous)
            .map { _ in Step.silence }
        return merge(ending, silences)
    }

    private func line(_ value: Values.Element) throws -> ByteBuffer {
        var buffer = ByteBuffer(bytes: try Wire.encode(value))
        buffer.writeString("\n")
        return buffer
    }
}
