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
struct RegionStore: Sendable {
    let directory: String

    private func path(_ object: String) -> String { directory + "/" + object }
    private func draft(_ region: UUID) -> String {
        path(Self.draftPrefix + region.uuidString.lowercased())
    }
    static let draftPrefix = "atoll-draft."

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
    func makeDraft(_ row: RegionRow, owner: ProcessOwner) throws(APIError) -> String {
        let draft = draft(row.id)
        try system("cannot make \(draft)") { () throws(Errno) in
            if try FileStatus.ofName(draft) != nil { try unlink(draft) }
            let file = try OwnedFD(opening: draft, [.write, .create], permissions: 0o600)
            try file.setSize(UInt64(row.size))
            try file.setOwner(user: owner.user, group: owner.group)
        }
        return draft
    }

    func dropDraft(_ row: RegionRow) { try? unlink(draft(row.id)) }

    /// Writes the header of a draft that is filled.
    func format(_ row: RegionRow, group: GroupRow) throws(APIError) -> MappedRegion {
        let draft = draft(row.id)
        let memory = try system("cannot map \(draft)") { () throws(Errno) in
            let file = try OwnedFD(opening: draft, .write)
            return SharedMemory(try Mapping(file, count: Int(row.size)))
        }
        do throws(RegionError) {
            return try MappedRegion.format(
                memory,
                RegionIdentity(
                    region: UUID128(row.id), group: UUID128(group.id),
                    regionName: Array(row.name.utf8), groupName: Array(group.name.utf8)))
        } catch {
            throw APIError(
                code: .systemFailure, message: "cannot format \(draft): \(error)")
        }
    }

    /// Gives the whole draft its public name; throws ``ErrorCode/objectTaken`` where somebody else
    /// took it meanwhile.
    func publish(_ row: RegionRow) throws(APIError) {
        do throws(Errno) {
            try renameExclusively(draft(row.id), to: path(row.object))
        } catch {
            if error == .exists, let taken = try obstacle(row.object) { throw taken }
            throw .system("cannot name \(path(row.object))", error)
        }
    }

    /// The region behind a public name, if it is this one; `nil` where there is nothing or something
    /// else.
    func open(_ row: RegionRow) throws(APIError) -> MappedRegion? {
        let path = path(row.object)
        let memory = try system("cannot open \(path)") { () throws(Errno) -> SharedMemory? in
            guard let status = try FileStatus.ofName(path), status.kind == .regular,
                status.bytes == UInt64(row.size)
            else { return nil }
            let file = try OwnedFD(opening: path, .write)
            return SharedMemory(try Mapping(file, count: Int(row.size)))
        }
        guard let memory, let region = try? MappedRegion.open(memory, evenDraining: true),
            region.identity.region == UUID128(row.id)
        else { return nil }
        return region
    }

    /// Removes the object, if it is this region's, and its draft. Repeatable.
    func remove(_ row: RegionRow) throws(APIError) {
        let isOurs = try open(row) != nil
        try system("cannot remove \(path(row.object))") { () throws(Errno) in
            if isOurs { try unlink(path(row.object)) }
            if try FileStatus.ofName(draft(row.id)) != nil { try unlink(draft(row.id)) }
        }
    }

    private func system<T>(_ what: String, _ body: () throws(Errno) -> T) throws(APIError) -> T {
        do throws(Errno) { return try body() } catch { throw .system(what, error) }
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
