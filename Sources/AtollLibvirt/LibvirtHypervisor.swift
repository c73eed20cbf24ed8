// SPDX-License-Identifier: Apache-2.0
import AtollHost
public import Logging
import Synchronization

/// The VMs of one libvirt daemon.
///
/// ``run()`` keeps the connection; without it, and while the connection is away, every call throws
/// `HypervisorError.unreachable` at once. libvirt's calls block, so they run on
/// threads of their own, each with a time limit: a daemon that hangs costs a thread here, not more.
public final class LibvirtHypervisor: Sendable {
    /// The daemon's address, such as `qemu:///system`.
    public let uri: String

    let logger: Logger
    let calls: Calls
    /// For requests that wait for a guest: guests that do not answer must not delay what is asked
    /// about others.
    let waits: Calls
    let hub = EventHub()
    let unplugs = UnplugRequests()
    let rhythm: Rhythm

    private struct State {
        var connection: Connection?
        var version: String?
        /// Why there is no connection.
        var reason = "not connected yet"
        var isRunning = false
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - uri: libvirt's connection URI. `nil` and empty are not libvirt's default here: the
    ///     daemon's VMs are those of the system.
    public convenience init(uri: String = "qemu:///system", logger: Logger) {
        self.init(uri: uri, logger: logger, rhythm: Rhythm())
    }

    init(uri: String, logger: Logger, rhythm: Rhythm) {
        self.uri = uri
        self.logger = logger
        self.rhythm = rhythm
        // Some calls may hang on one VM; the others go on.
        calls = Calls(uri: uri, threads: 8)
        waits = Calls(uri: uri, threads: 8)
    }

    /// Connects, and connects again whenever the connection is lost, until the task is cancelled.
    ///
    /// `HypervisorEvent.reconnected` is told for every connection, the first one included.
    public func run() async {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        precondition(isFirst, "run() may be running only once")
        defer { state.withLock { $0.isRunning = false } }
        var pause = rhythm.firstPause
        while !Task.isCancelled {
            if await serveOneConnection() {
                pause = rhythm.firstPause
            } else {
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, rhythm.longestPause)
            }
        }
        lose("shut down")
    }

    /// Whether a connection was made; returns when it is lost.
    private func serveOneConnection() async -> Bool {
        let (losses, loss) = AsyncStream<String>.makeStream()
        do throws(HypervisorError) {
            let (connection, version) = try await open { loss.yield($0) }
            state.withLock {
                $0.connection = connection
                $0.version = version
            }
        } catch {
            let isNews = state.withLock { state in
                let reason = String(describing: error)
                defer { state.reason = reason }
                return state.reason != reason
            }
            if isNews {
                logger.warning("libvirt cannot be reached", metadata: ["error": "\(error)"])
            }
            return false
        }
        logger.info("connected to libvirt", metadata: ["uri": "\(uri)"])
        hub.publish(.reconnected)
        for await reason in losses {
            logger.warning("connection to libvirt lost", metadata: ["reason": "\(reason)"])
            lose(reason)
            return true
        }
        return true
    }

    private func open(
        _ lost: @escaping @Sendable (String) -> Void
    ) async throws(HypervisorError) -> (Connection, String) {
        let context = EventContext(
            publish: { [hub] in hub.publish($0) },
            unplugRefused: { [logger] id, alias in
                logger.notice(
                    "guest refused to let go of a device",
                    metadata: ["vm": "\(id)", "alias": "\(alias)"])
            },
            closed: { lost(closeReason($0)) })
        return try await calls.run("connect", limit: rhythm.limit) {
            [uri, rhythm, calls] () throws(HypervisorError) in
            do throws(LibvirtFailure) {
                let handle = try ConnectionHandle(
                    uri: uri, probe: rhythm.probe, context: context, retire: { calls.later($0) })
                let connection = Connection(uri: uri, opening: handle)
                return (connection, try connection.version())
            } catch {
                throw .unreachable(uri: uri, reason: error.message)
            }
        }
    }

    private func lose(_ reason: String) {
        let connection = state.withLock { state in
            defer {
                state.connection = nil
                state.version = nil
                state.reason = reason
            }
            return state.connection
        }
        if connection != nil { hub.publish(.disconnected) }
    }

    /// The connection and the version of what it leads to.
    var current: (Connection, version: String)? {
        state.withLock { state in
            guard let connection = state.connection, let version = state.version else { return nil }
            return (connection, version)
        }
    }

    /// Runs `body`, which may block, with the connection.
    ///
    /// - Parameter threads: where to run it; `nil` for ``calls``.
    func call<T: Sendable>(
        _ operation: String, on threads: Calls? = nil,
        _ body: @escaping @Sendable (Connection) throws(HypervisorError) -> T
    ) async throws(HypervisorError) -> T {
        let (connection, reason) = state.withLock { ($0.connection, $0.reason) }
        guard let connection else { throw .unreachable(uri: uri, reason: reason) }
        let threads = threads ?? calls
        return try await threads.run(operation, limit: rhythm.limit) { () throws(HypervisorError) in
            try body(connection)
        }
    }
}

/// libvirt's `virConnectCloseReason` in words.
private func closeReason(_ reason: Int32) -> String {
    switch reason {
    case 0: "broken by an error"
    case 1: "closed by libvirt"
    case 2: "libvirt does not answer"
    case 3: "closed here"
    default: "closed for reason \(reason)"
    }
}
