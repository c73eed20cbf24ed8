// SPDX-License-Identifier: Apache-2.0
import AtollHost
import Hummingbird

/// Every route of the API, with what stands before all of them.
func makeRouter(
    host: HostService, configuration: APIConfiguration, gates: Gates? = nil,
    identify: PeerIdentity
) -> Router<APIContext> {
    let gates = gates ?? Gates(configuration.limits)
    let figures = RequestFigures()
    // Middleware applies to routes added after it, and one of them has to know all routes: so they
    // are laid out twice, first to be counted.
    let routes = RouteTable(
        layOut(on: Router(context: APIContext.self), host, configuration, gates, figures).routes.map
        {
            (path: $0.path.description, method: $0.method)
        })
    let router = Router(context: APIContext.self)
    // The log line names the caller and the status that errors become, so errors are caught within
    // it; and once more without, where a caller cannot be named.
    let errors = ErrorMiddleware(bodyLimit: configuration.bodyLimit)
    router.add(middleware: errors)
    router.add(middleware: CallerMiddleware(identify: identify))
    router.add(middleware: RequestLogMiddleware(figures: figures))
    router.add(middleware: errors)
    router.add(middleware: RequestGateMiddleware(gates: gates))
    router.add(middleware: UnknownPathMiddleware(routes: routes))
    return layOut(on: router, host, configuration, gates, figures)
}

private func layOut(
    on router: Router<APIContext>, _ host: HostService, _ configuration: APIConfiguration,
    _ gates: Gates, _ figures: RequestFigures
) -> Router<APIContext> {
    GroupRoutes(host: host, configuration: configuration).add(to: router)
    QuotaRoutes(host: host, configuration: configuration).add(to: router)
    RegionRoutes(host: host, configuration: configuration).add(to: router)
    ContentRoutes(host: host).add(to: router)
    MemberRoutes(host: host, configuration: configuration).add(to: router)
    JobRoutes(host: host, configuration: configuration, gates: gates).add(to: router)
    SyncRoutes(host: host).add(to: router)
    EventRoutes(host: host, configuration: configuration, gates: gates).add(to: router)
    DaemonRoutes(host: host, figures: figures).add(to: router)
    return router
}
