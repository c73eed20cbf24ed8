// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost

/// The daemon's turnstiles.
struct Gates: Sendable {
    let connections: Turnstile
    let requests: Turnstile
    let streams: Turnstile
    private let limits: APILimits

    init(_ limits: APILimits) {
        self.limits = limits
        connections = Turnstile(
            perUser: limits.connectionsPerUser, total: limits.connections, reserve: limits.reserve)
        requests = Turnstile(perUser: limits.requestsPerUser)
        streams = Turnstile(perUser: limits.streamsPerUser)
    }

    func request(_ caller: Caller) throws(APIError) -> Turnstile.Place {
        if let place = requests.enter(caller) { return place }
        throw refusal(
            caller, "\(limits.requestsPerUser) requests of this user are under way",
            "requestsPerUser")
    }

    func stream(_ caller: Caller) throws(APIError) -> Turnstile.Place {
        if let place = streams.enter(caller) { return place }
        throw refusal(
            caller, "this user has \(limits.streamsPerUser) jobs and followed streams",
            "streamsPerUser")
    }

    func connectionRefusal(_ caller: Caller) -> APIError {
        refusal(
            caller, "no more connections are to be had",
            caller.isAdministrator ? "connections" : "connectionsPerUser")
    }

    private func refusal(_ caller: Caller, _ message: String, _ setting: String) -> APIError {
        APIError(
            code: .tooManyRequests, message: message, value: "uid \(caller.user)",
            remedy: "end some and try again, or raise the daemon's setting \(setting)")
    }
}
