// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSystem
import Foundation

/// A region as its object tells of it: of its name and file by whoever may make such files, of all else
/// by bytes that its guests could have written.
struct FoundRegion: Sendable {
    let object: String
    let group: String
    let name: String
    let bytes: UInt64
    let memory: MappedRegion

    var id: UUID { UUID(memory.identity.region) }
    var groupID: UUID { UUID(memory.identity.group) }
}

extension RegionStore {
    /// Whether the object's name still stands for a file of this size.
    func isThere(_ row: RegionRow) -> Bool {
        guard let file = try? file(of: row) else { return false }
        let status = try? FileStatus.ofName(file)
        return status?.kind == .regular && status?.bytes == UInt64(clamping: row.size)
    }

    /// The regions in the memory directory, by name, and why what looks like one is none. Everybody may
    /// make files there: only those that belong to `owners` alone count.
    func found(owners: Set<UInt32>) -> (regions: [FoundRegion], others: [(String, String)]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var (regions, others): ([FoundRegion], [(String, String)]) = ([], [])
        for object in names.sorted() {
            guard let (group, region) = Names.parts(object) else { continue }
            do {
                let memory = try openFound(behind(directory + "/" + object), owners)
                regions.append(
                    FoundRegion(
                        object: object, group: group, name: region,
                        bytes: UInt64(memory.memory.count), memory: memory))
            } catch { others.append((object, "\(error)")) }
        }
        return (regions, others)
    }

    /// A region of the kernel's pool is a link to a file that is named by its id.
    private func behind(_ path: String) throws(Errno) -> String {
        guard let status = try FileStatus.ofName(path), status.kind == .link,
            status.user == UInt32(clamping: Account.currentUser)
        else { return path }
        let target = String(decoding: try readLink(path), as: UTF8.self)
        return target.split(separator: "/").last?.hasPrefix("atoll.") == true ? target : path
    }

    private func openFound(_ path: String, _ owners: Set<UInt32>) throws -> MappedRegion {
        let file = try OwnedFD(opening: path, .write)
        let status = try file.status()
        guard status.kind == .regular, owners.contains(status.user), status.permissions & 0o022 == 0
        else { throw Errno.notPermitted }
        let layout = try RegionLayout(bytes: status.bytes)
        return try MappedRegion.open(
            SharedMemory(try Mapping(file, count: layout.bytes)), evenDraining: true)
    }

    /// Removes what killed daemons left half made, of regions that the ledger does not know.
    func dropDrafts(except known: Set<UUID>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names {
            guard name.hasPrefix(Self.draftPrefix),
                let id = UUID(uuidString: String(name.dropFirst(Self.draftPrefix.count))),
                !known.contains(id)
            else { continue }
            try? unlink(directory + "/" + name)
        }
    }
}

extension UUID {
    init(_ uuid: UUID128) {
        let b = uuid.bytes
        self.init(
            uuid: (
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
                b[13], b[14], b[15]
            ))
    }
}
