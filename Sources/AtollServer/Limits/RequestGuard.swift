// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import NIOCore
import NIOHTTP1

/// Sees a connection's requests and answers, and tells its ``ByteGuard`` where they are. Closes one whose
/// caller does not take its answer: the answer is in memory as long.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: ConnectionState
    private let limits: APILimits
    private var hasRequest = false
    private var isStream = false
    private var stall: Scheduled<Void>?

    init(_ state: ConnectionState, _ limits: APILimits) {
        self.state = state
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            hasRequest = true
            isStream = false
            move(context, to: .body)
        case .body: break
        case .end: if state.phase == .body { move(context, to: .answering) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The pipeline's first handler has said the last word.
        if state.isRefused {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head): isStream = head.headers.first(name: "content-type") == Wire.lines
        case .body: break
        case .end:
            stall?.cancel()
            stall = nil
            // A request that is answered before all of it was read has still to come.
            if state.phase == .answering { move(context, to: .idle) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable, !isStream {
            let channel = context.channel
            stall = context.eventLoop.scheduleTask(in: TimeAmount(limits.requestTimeout * 4)) {
                channel.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stall?.cancel()
        context.fireChannelInactive()
    }

    private func move(_ context: ChannelHandlerContext, to phase: ConnectionState.Phase) {
        state.move(to: phase)
        let first = try? context.pipeline.syncOperations.handler(type: ByteGuard.self)
        let place = try? context.pipeline.syncOperations.context(handlerType: ByteGuard.self)
        if let first, let place { first.phaseChanged(place) }
    }
}
