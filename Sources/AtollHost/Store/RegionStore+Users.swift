// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// Which users besides the VMs' may open a region's object, and which processes have it mapped.
extension RegionStore {
    /// None where there is no object, or its file system has no access lists.
    func users(of row: RegionRow) -> [UInt32] {
        guard let path = try? file(of: row), let file = try? OwnedFD(opening: path),
            let list = try? AccessList(of: file)
        else { return [] }
        return list.users
    }

    /// Throws ``Errno/noSuchFile``, and ``Errno/notSupported`` where the file system has no access
    /// lists.
    func allow(_ list: AccessList, _ row: RegionRow) throws(Errno) {
        guard let path = (try? file(of: row)) ?? nil else { throw .noSuchFile }
        let file = try OwnedFD(opening: path)
        do throws(Errno) {
            if try AccessList(of: file) == list { return }
            try list.apply(to: file)
        } catch {
            if error == .notSupported, list.users.isEmpty { return }
            throw error
        }
    }

    func isMapped(_ row: RegionRow, by witness: ProcessWitness) -> Bool {
        guard let path = (try? file(of: row)) ?? nil,
            let status = (try? FileStatus.ofName(path)) ?? nil
        else { return false }
        return witness.maps(status)
    }
}
