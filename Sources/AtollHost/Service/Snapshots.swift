// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
public import AtollSnapshot
import Foundation
import Logging

/// Taking a region's content away: the group's VMs stand still meanwhile, or the snapshot says that
/// they did not.
extension HostService {
    /// Begins a snapshot. The group's turn is held, and its VMs stand still, until
    /// ``SnapshotSession/next()`` has given everything and ``finish(_:)`` was called, or
    /// ``SnapshotSession/abandon()``, or it takes too long.
    ///
    /// - Parameter live: lets the VMs run on; what is taken is then consistent only if none runs.
    public func snapshot(_ name: String, of group: String, live: Bool, as caller: Caller)
        async throws(APIError) -> SnapshotSession
    {
        _ = try find(name, in: try state(of: group, for: caller))
        let (answers, answer) = AsyncStream<Result<SnapshotSession, APIError>>.makeStream()
        // A task of its own: whoever asked may go, and the VMs must run again.
        Task {
            do throws(APIError) {
                try await inTurn(group) { () throws(APIError) in
                    try await holdSnapshot(name, group, live, caller) {
                        answer.yield(.success($0))
                    }
                }
            } catch { answer.yield(.failure(error)) }
            answer.finish()
        }
        for await result in answers { return try result.get() }
        throw APIError(code: .shuttingDown, message: "the daemon is stopping", remedy: "try later")
    }

    private func holdSnapshot(
        _ name: String, _ group: String, _ live: Bool, _ caller: Caller,
        _ ready: (SnapshotSession) -> Void
    ) async throws(APIError) {
        let state = try state(of: group, for: caller)
        let row = try find(name, in: state)
        guard row.state == .ready, let region = mapped[row.id] else { throw notReady(row, state) }
        if !live { try await pauseMembers(of: state) }
        let session: SnapshotSession
        do throws(APIError) {
            let runs = try await runningMember(of: group) != nil
            session = SnapshotSession(
                ContentSession(
                    region, head(row, state, isConsistent: !runs), lease: configuration.lease),
                group: group, isPaused: !live)
        } catch {
            if !live { try? await resumeMembers(of: group) }
            throw error
        }
        ready(session)
        let outcome = await over(session.content)
        if !live {
            do throws(APIError) { try await resumeMembers(of: group) } catch {
                logger.error(
                    "a paused VM could not be resumed yet", metadata: ["reason": "\(error.message)"]
                )
            }
        }
        switch outcome {
        case .whole:
            record("region.saved", state.group, name, "a snapshot of region \(name) was taken")
        case .brokenOff(let why):
            record(
                "region.saving-broken-off", state.group, name,
                "a snapshot of region \(name) was broken off: \(why)")
        }
    }

    /// Says what comes last, once it is sure that nobody has run meanwhile; the VMs then run again.
    public func finish(_ session: SnapshotSession) async throws(APIError) -> SnapshotRecord {
        guard session.content.outcome == nil else { throw session.content.brokenOff }
        if session.head.isConsistent, let vm = try await runningMember(of: session.group) {
            session.content.end(.brokenOff("VM \(vm) ran meanwhile"))
            throw session.content.brokenOff
        }
        session.content.end(.whole)
        guard session.content.outcome == .whole else { throw session.content.brokenOff }
        return session.end
    }

    private func head(_ row: RegionRow, _ state: GroupState, isConsistent: Bool) -> SnapshotHead {
        SnapshotHead(
            id: UUID128(UUID()).bytes, regionBytes: UInt64(clamping: row.size),
            layoutVersion: MappedRegion.layoutVersion, isConsistent: isConsistent,
            created: UInt64(max(0, Date.now.timeIntervalSince1970)),
            incarnations: UInt64(clamping: state.group.incarnations), region: row.name,
            group: state.group.name)
    }

    func notReady(_ row: RegionRow, _ state: GroupState) -> APIError {
        guard row.state == .restoring else {
            return APIError(
                code: .noSuchRegion, message: "the region is not ready", value: row.name,
                remedy: "`atoll region show \(state.group.name) \(row.name)` tells its state")
        }
        return APIError(
            code: .regionRestoring, message: "the region's content is only partly restored",
            value: row.name,
            remedy: "repeat `atoll region restore \(state.group.name) \(row.name) FILE`, "
                + "or delete the region")
    }

    /// Waits until a transfer has ended, and ends one that takes too long.
    func over(_ session: ContentSession) async -> ContentSession.Outcome {
        transfers += 1
        defer { transfers -= 1 }
        while true {
            if let outcome = session.outcome { return outcome }
            if isStopping { session.end(.brokenOff("the daemon is stopping")) }
            if let why = session.overdue() { session.end(.brokenOff(why)) }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
