// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollSystem
import Synchronization
import Testing

extension LocalJob {
    /// Runs `body` in all threads of the job, as one team a VM in this process; what each VM's run
    /// threw.
    func together(
        _ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Void
    ) throws -> [TeamError?] {
        let teams = try (0..<vms).map { try Team(environment(rank: $0)) }
        return try ThreadGroup.run(vms) { rank in
            do throws(TeamError) {
                try teams[rank].run(body)
                return nil
            } catch { return error }
        }
    }

    /// The same, where all must go well.
    func allWell(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Void
    ) throws {
        let failures = try together(body)
        #expect(failures == Array(repeating: nil, count: vms), sourceLocation: sourceLocation)
    }
}

/// What threads note together, in the order in which they do.
final class Notes<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])

    func add(_ element: Element) { list.withLock { $0.append(element) } }
    var all: [Element] { list.withLock { $0 } }
}
