// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection of the API: HTTP/1.1 behind what keeps one caller from taking what is all callers'.
struct GuardedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let responder: HTTPChannelHandler.Responder
    let limits: APILimits
    let gates: Gates
    let identify: PeerIdentity

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let caller = channel.eventLoop.makeFutureWithTask { try await identify.caller(channel) }
        return caller.flatMap { caller in
            let state = ConnectionState()
            let place = gates.connections.enter(caller)
            let refusal = place == nil ? gates.connectionRefusal(caller) : nil
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(place) {} }
            var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
            // Above our own limit, which answers with words.
            decoder.maxHeaderFieldSize = 2 * limits.headBytes
            decoder.maxHeaderListSize = 2 * limits.headBytes
            let http = HTTP1Channel(
                responder: responder,
                configuration: .init(httpDecoderConfiguration: decoder))
            do {
                try channel.pipeline.syncOperations.addHandler(
                    ByteGuard(state, limits, refusal: refusal))
            } catch { return channel.eventLoop.makeFailedFuture(error) }
            return http.setup(channel: channel, logger: logger).flatMapThrowing { value in
                let pipeline = channel.pipeline.syncOperations
                let parser = try pipeline.handler(
                    type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                try pipeline.addHandler(RequestGuard(state, limits), position: .after(parser))
                return value
            }
        }
    }

    func handle(value: Value, logger: Logger) async {
        await HTTP1Channel(responder: responder).handle(value: value, logger: logger)
    }
}
