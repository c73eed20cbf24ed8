// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
import GRDB
import Logging

/// A ledger that was lost knows less than the world, its backup something else. The world tells what is
/// in use, and no VM notices.
extension HostService {
    /// Brings a ledger that is in doubt to agree with the regions in memory and the VMs' definitions.
    /// Nothing else is done before.
    func learnWorld() async throws(APIError) {
        try await turn("") { () throws(APIError) in
            let doubt = ledger.isInDoubt
            guard doubt != .none else { return }
            let lesson = try await lesson(isStale: doubt == .stale)
            // First, since the ledger's word that it has looked comes last.
            for region in lesson.renamed { region.memory.identify(as: UUID128(region.id)) }
            try rows { () throws(LedgerError) in
                try ledger.settle { try lesson.write(to: $0) }
            }
            for note in lesson.notes {
                logger.warning("ledger", metadata: ["rebuilt": "\(note.message)"])
                record(note.kind, note.group, note.subject, note.message)
            }
            store.dropDrafts(except: Set(lesson.states.flatMap { $0.regions.map(\.id) }))
        }
    }

    private func lesson(isStale: Bool) async throws(APIError) -> WorldLesson {
        let domains = try await world { () throws(HypervisorError) in
            try await hypervisor.domains()
        }
        let owner = try await processOwner()
        let (found, others) = store.found(owners: [UInt32(getuid()), owner.user])
        for (object, reason) in others {
            logger.warning(
                "not a region that the ledger could take",
                metadata: ["object": "\(object)", "reason": "\(reason)"])
        }
        let known = try rows { () throws(LedgerError) in try ledger.groupStates() }
        return WorldLesson(
            ledger: known, isStale: isStale, found: found, domains: domains,
            now: configuration.now())
    }
}
