// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Hummingbird
import NIOCore

/// What a handler knows about the request beside the request itself.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Nobody, until ``CallerMiddleware`` has asked.
    var caller = Caller(user: .max, isAdministrator: false)

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
