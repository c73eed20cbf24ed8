// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import NIOCore

/// Stands first in a connection's pipeline. A request's head that does not end is no request: the parser
/// would keep all of its first line.
final class ByteGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: ConnectionState
    private let limits: APILimits
    /// Why there is no place for this connection; `nil`: there is.
    private let refusal: APIError?
    private var timer: Scheduled<Void>?

    init(_ state: ConnectionState, _ limits: APILimits, refusal: APIError?) {
        self.state = state
        self.limits = limits
        self.refusal = refusal
    }

    func channelActive(context: ChannelHandlerContext) {
        // Who is refused is told in answer to the first bytes, if they come at once.
        schedule(context, refusal == nil ? limits.requestTimeout : .seconds(1))
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state.isRefused { return }
        if let refusal { return refuse(context, refusal) }
        if state.phase == .idle {
            state.move(to: .head)
            schedule(context, limits.requestTimeout)
        }
        if !state.isWithin(limits.headBytes, unwrapInboundIn(data).readableBytesView) {
            return refuse(
                context,
                APIError(
                    code: .headersTooLarge,
                    message: "the request's first line and headers are longer than "
                        + "\(limits.headBytes) bytes",
                    remedy: "values go into the body"))
        }
        context.fireChannelRead(data)
    }

    /// The request or the answer has gone on: how long the following may take.
    func phaseChanged(_ context: ChannelHandlerContext) {
        switch state.phase {
        case .idle: schedule(context, limits.idleTimeout)
        case .head, .body: schedule(context, limits.requestTimeout)
        case .answering:
            timer?.cancel()
            timer = nil
        }
    }

    private func schedule(_ context: ChannelHandlerContext, _ time: Duration) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            [weak self] in self?.expire(context)
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        timer = nil
        if refusal != nil || state.phase == .idle { return context.close(promise: nil) }
        guard state.phase != .answering else { return }
        refuse(
            context,
            APIError(
                code: .requestTimeout,
                message: "the request has not come within \(limits.requestTimeout)",
                remedy: "send it at once"))
    }

    private func refuse(_ context: ChannelHandlerContext, _ error: APIError) {
        guard state.refuse() else { return }
        timer?.cancel()
        timer = nil
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(RawAnswer.bytes(error))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
