// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollSystem
import Foundation

/// Makes, opens and removes the shared-memory objects behind regions.
///
/// An object is made under a name that only its region can have, and takes its public name when it
/// is whole; so a name that is taken, by a link too, is never touched, and what a killed daemon left
/// half made is known by its name.
///
/// A region of the kernel's pool of huge pages is a file of hugetlbfs, and its public name a link to
/// it, because libvirt knows no other place than the memory directory. That link is made last and
/// goes first: QEMU never ends on one that leads nowhere.
///
/// Whether an object is a region's is not for its bytes to say, which guests write: the ledger has the
/// kernel's number of the file, and its owner, from before it had its public name. So a guest that ruins
/// its region's header does not keep the region from being deleted, nor from being mapped again.
struct RegionStore: Sendable {
    let directory: String
    /// Where hugetlbfs is mounted at the moment.
    let pools: @Sendable () -> [String]
    /// Counts what is read of all regions.
    let meter = ReadMeter()

    private func path(_ object: String) -> String { directory + "/" + object }

    /// Bytes that the region has in memory.
    func resident(_ row: RegionRow) -> UInt64 {
        guard let path = try? file(of: row), let status = try? FileStatus.ofName(path) else {
            return 0
        }
        return status.allocated
    }

    private func draft(_ region: UUID) -> String {
        path(Self.draftPrefix + region.uuidString.lowercased())
    }
    static let draftPrefix = "atoll-draft."
    private func pooled(_ region: UUID) -> String { "/atoll.\(region.uuidString.lowercased())" }

    /// Why the name cannot be had; `nil`: it is free.
    func obstacle(_ object: String) throws(APIError) -> APIError? {
        let path = path(object)
        switch try system(
            "cannot look at \(path)",
            { () throws(Errno) in
                try FileStatus.ofName(path)?.kind
            })
        {
        case nil: return nil
        case .link:
            return APIError(
                code: .objectIsLink, message: "the region's name is a symbolic link on the host",
                value: path, remedy: "remove the link, or choose another name")
        case .regular, .other:
            return APIError(
                code: .objectTaken, message: "the region's name is taken on the host", value: path,
                remedy: "remove the file if nobody needs it, or choose another name")
        }
    }

    /// Makes the object under the draft's name, with its size and nothing in it. Repeatable.
    func makeDraft(_ row: RegionRow, owner: ProcessOwner, from source: PageSource)
        throws(APIError) -> String
    {
        let draft =
            if case .pool(let mount) = source { mount + pooled(row.id) } else { draft(row.id) }
        try system("cannot make \(draft)") { () throws(Errno) in
            if try FileStatus.ofName(draft) != nil { try unlink(draft) }
            let file = try OwnedFD(opening: draft, [.write, .create], permissions: 0o600)
            try file.setSize(UInt64(row.size))
            try file.setOwner(user: owner.user, group: owner.group)
        }
        return draft
    }

    func drop(_ draft: String) { try? unlink(draft) }

    /// Removes what an earlier daemon left of a region that has no public name yet, wherever its pages
    /// came from.
    func dropDrafts(_ row: RegionRow) {
        for draft in drafts(row) { try? unlink(draft) }
    }

    private func drafts(_ row: RegionRow) -> [String] {
        [draft(row.id)] + pools().map { $0 + pooled(row.id) }
    }

    /// Writes the header of a draft that is filled.
    func format(_ draft: String, _ row: RegionRow, group: GroupRow) throws(APIError) -> MappedRegion
    {
        let memory = try system("cannot map \(draft)") { () throws(Errno) in
            let file = try OwnedFD(opening: draft, .write)
            return SharedMemory(try Mapping(file, count: Int(row.size)))
        }
        do throws(RegionError) {
            return try MappedRegion.format(
                memory,
                RegionIdentity(
                    region: UUID128(row.id), group: UUID128(group.id),
                    regionName: Array(row.name.utf8), groupName: Array(group.name.utf8)),
                meter: meter)
        } catch {
            throw APIError(
                code: .systemFailure, message: "cannot format \(draft): \(error)")
        }
    }

    /// What the ledger shall know the draft by, once it has its public name.
    func witness(of draft: String) throws(APIError) -> String {
        let status = try system("cannot look at \(draft)") { () throws(Errno) in
            try FileStatus.ofName(draft)
        }
        guard let status else { throw .system("cannot look at \(draft)", .noSuchFile) }
        return Witness(status).text
    }

    /// Gives the whole draft its public name; throws ``ErrorCode/objectTaken`` where somebody else
    /// took it meanwhile.
    func publish(_ draft: String, _ row: RegionRow) throws(APIError) {
        do throws(Errno) {
            if draft == self.draft(row.id) {
                try renameExclusively(draft, to: path(row.object))
            } else {
                try makeLink(to: draft, at: path(row.object))
            }
        } catch {
            if error == .exists, let taken = try obstacle(row.object) { throw taken }
            throw .system("cannot name \(path(row.object))", error)
        }
    }

    /// The file behind a public name, if the name can be this region's: the name's own, or the one in
    /// hugetlbfs that only this region has. `nil` where there is nothing or somebody else's link.
    func file(of row: RegionRow) throws(APIError) -> String? {
        let path = path(row.object)
        return try system("cannot look at \(path)") { () throws(Errno) in
            guard let status = try FileStatus.ofName(path) else { return nil }
            if status.kind == .regular { return path }
            // Whoever may write here can make a link, and change where his own leads.
            guard status.kind == .link, status.user == UInt32(clamping: Account.currentUser)
            else { return nil }
            let target = String(decoding: try readLink(path), as: UTF8.self)
            return target.hasSuffix(pooled(row.id)) ? target : nil
        }
    }

    /// The region behind a public name, if it is this one; `nil` where there is nothing or something
    /// else. Also whether guests had ruined its header, which is mended.
    func open(_ row: RegionRow, group: GroupRow) throws(APIError) -> (
        region: MappedRegion, wasRuined: Bool
    )? {
        guard let (memory, status) = try map(row) else { return nil }
        if let witness = row.witness, Witness(status).text == witness {
            let identity = RegionIdentity(
                region: UUID128(row.id), group: UUID128(group.id),
                regionName: Array(row.name.utf8), groupName: Array(group.name.utf8))
            return try? MappedRegion.adopt(memory, identity, meter: meter)
        }
        guard
            let region = try? MappedRegion.open(memory, evenDraining: true, meter: meter),
            region.identity.region == UUID128(row.id)
        else { return nil }
        return (region, false)
    }

    /// The object of this name and size, of nobody but its owner.
    private func map(_ row: RegionRow) throws(APIError) -> (SharedMemory, FileStatus)? {
        guard let path = try file(of: row) else { return nil }
        return try system("cannot open \(path)") { () throws(Errno) in
            guard try FileStatus.ofName(path)?.kind == .regular else { return nil }
            let file = try OwnedFD(opening: path, .write)
            // Of what was opened: the name may be another file's by now.
            let status = try file.status()
            guard status.kind == .regular, status.bytes == UInt64(row.size),
                row.witness.flatMap(Witness.user).map({ $0 == status.user }) ?? true
            else { return nil }
            return (SharedMemory(try Mapping(file, count: Int(row.size))), status)
        }
    }

    /// The layout of this region's object where it is another one than this daemon reads.
    func otherLayout(_ row: RegionRow) throws(APIError) -> UInt32? {
        guard let (memory, _) = try map(row), let stamp = MappedRegion.stamp(of: memory),
            stamp.region == UUID128(row.id), stamp.version != MappedRegion.layoutVersion
        else { return nil }
        return stamp.version
    }

    /// Removes this region's link where what it led to is gone, as after somebody unmounted it.
    func dropDeadLink(_ row: RegionRow) throws(APIError) {
        guard let file = try file(of: row), file != path(row.object) else { return }
        try system("cannot remove \(path(row.object))") { () throws(Errno) in
            if try FileStatus.ofName(file) == nil { try unlink(path(row.object)) }
        }
    }

    /// Removes the object, if it is this region's, and its drafts, and gives their memory back at once:
    /// whoever still maps it reads zeros from here on, and the charge is gone. Repeatable.
    ///
    /// - Parameter hidden: called where the object has no public name any more, and still its bytes.
    func remove(_ row: RegionRow, group: GroupRow, hidden: () -> Void = {}) throws(APIError) {
        let file = try file(of: row)
        let isLink = file.map { $0 != path(row.object) } ?? false
        let status = try system("cannot look at \(path(row.object))") { () throws(Errno) in
            try FileStatus.ofName(path(row.object))
        }
        // What a link of ours leads to is ours, and what the ledger knows, whatever a guest wrote over
        // its header.
        var isOurs = isLink || status.map { Witness($0).isOf(row.witness) } ?? false
        if !isOurs { isOurs = try open(row, group: group) != nil }
        if !isOurs { isOurs = try otherLayout(row) != nil }
        let draft = draft(row.id)
        let leftovers = drafts(row) + (isLink ? [file!] : [])
        try system("cannot remove \(path(row.object))") { () throws(Errno) in
            if isLink {
                try unlink(path(row.object))
            } else if isOurs {
                // Under the draft's name it is known as ours even when its header is gone.
                if try FileStatus.ofName(draft) != nil { try wipe(draft) }
                try renameExclusively(path(row.object), to: draft)
            }
            if isOurs { hidden() }
            for file in leftovers where try FileStatus.ofName(file) != nil { try wipe(file) }
        }
    }

    /// A file that is unlinked lives on while somebody maps it, with what was in it.
    private func wipe(_ path: String) throws(Errno) {
        if try FileStatus.ofName(path)?.kind == .regular {
            let file = try OwnedFD(opening: path, .write)
            let bytes = try file.status().bytes
            if bytes > 0 { try file.makeHole(offset: 0, count: bytes) }
        }
        try unlink(path)
    }

    private func system<T>(_ what: String, _ body: () throws(Errno) -> T) throws(APIError) -> T {
        do throws(Errno) { return try body() } catch { throw .system(what, error) }
    }
}

/// Which file an object is: the layout's version, the kernel's numbers of the file, the user it was given
/// to. Root and that user alone can make another of the same.
private struct Witness {
    let text: String
    private let file: Substring

    init(_ status: FileStatus) {
        text = "\(RegionLayout.version)/\(status.device):\(status.inode):\(status.user)"
        file = text.drop { $0 != "/" }
    }

    /// Whatever the version that it was made with.
    func isOf(_ witness: String?) -> Bool { witness.map { $0.drop { $0 != "/" } == file } ?? false }

    static func user(_ witness: String) -> UInt32? {
        witness.split(separator: ":").last.flatMap { UInt32($0) }
    }
}

/// The region's bytes, where the API's `Region` is what people are told of it.
typealias MappedRegion = AtollRegion.Region

extension UUID128 {
    init(_ uuid: UUID) {
        let u = uuid.uuid
        self.init(bytes: [
            u.0, u.1, u.2, u.3, u.4, u.5, u.6, u.7, u.8, u.9, u.10, u.11, u.12, u.13, u.14, u.15,
        ])
    }
}

extension APIError {
    static func system(_ what: String, _ error: Errno) -> APIError {
        APIError(
            code: .systemFailure, message: "\(what): \(error.words)",
            remedy: "see the daemon's log")
    }
}

extension Errno {
    /// The system's own words for it.
    var words: String {
        POSIXErrorCode(rawValue: code).map { POSIXError($0).localizedDescription }
            ?? "error \(code)"
    }
}
