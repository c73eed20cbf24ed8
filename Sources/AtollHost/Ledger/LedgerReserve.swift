// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Synchronization

/// Room beside the ledger that is given up when its disk is full, so that what was begun can still be
/// finished or undone. Nothing new is begun until it is there again.
final class LedgerReserve: Sendable {
    /// Bytes: a few hundred pages of the ledger's log.
    static let bytes: UInt64 = 1 << 20

    private let path: String
    private let isThere = Mutex(false)
    private let isFull: @Sendable () -> Bool

    init(directory: String, isFull: @escaping @Sendable () -> Bool) {
        path = directory + "/ledger.reserve"
        self.isFull = isFull
    }

    /// Whether it is there, now at least.
    func restore() -> Bool {
        isThere.withLock { isThere in
            if isThere { return true }
            if isFull() { return false }
            do throws(Errno) {
                if try FileStatus.ofName(path) == nil {
                    _ = try OwnedFD(opening: path, [.write, .create])
                }
                let file = try OwnedFD(opening: path, .write)
                try file.allocate(Self.bytes)
                isThere = true
            } catch {
                // Half of it would be missing where it is needed.
                try? unlink(path)
            }
            return isThere
        }
    }

    /// Gives the room up; whether there was any.
    func spend() -> Bool {
        isThere.withLock { isThere in
            isThere = false
            do throws(Errno) {
                guard try FileStatus.ofName(path) != nil else { return false }
                try unlink(path)
                return true
            } catch { return false }
        }
    }

    /// For tests: the disk is said to be full, and the reserve has not been given up yet.
    var isExhausted: Bool { isFull() && isThere.withLock { $0 } }
}
