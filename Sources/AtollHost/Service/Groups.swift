// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import Foundation
import GRDB

extension HostService {
    /// Makes an empty group. Administrators only: a quota is a promise of the host's memory.
    public func createGroup(_ spec: GroupSpec, as caller: Caller) async throws(APIError) -> Group {
        try requireAdministrator(caller, to: "create a group")
        try Names.check(spec.name, of: "group")
        try checkQuota(spec.quota)
        return try await inTurn(spec.name) { () throws(APIError) -> Group in
            let taken = try rows { () throws(LedgerError) in try ledger.groupState(spec.name) }
            if taken != nil {
                throw APIError(
                    code: .groupExists, message: "a group of this name exists", value: spec.name,
                    remedy: "choose another name")
            }
            try checkGroups(of: spec.owner ?? caller.user)
            let row = GroupRow(
                id: UUID(), name: spec.name, owner: Int64(spec.owner ?? caller.user),
                quota: Int64(spec.quota), created: configuration.now())
            try rows { () throws(LedgerError) in try ledger.write { try row.insert($0) } }
            step(.groupRecorded)
            do throws(APIError) { try await openAccount(row) } catch {
                try rows { () throws(LedgerError) in
                    try ledger.write(.follows) { _ = try row.delete($0) }
                }
                await closeAccount(of: row)
                throw error
            }
            opened.insert(row.name)
            step(.accountOpened)
            let quota = ByteSize(bytes: spec.quota)
            record("group.created", row, nil, "group \(row.name) created with a quota of \(quota)")
            return view(GroupState(group: row))
        }
    }

    private func checkGroups(of owner: UInt32) throws(APIError) {
        let quota = try ownerQuota(owner)
        guard let limit = quota.groupLimit, quota.groups >= limit else { return }
        throw APIError(
            code: .tooManyGroups, message: "the owner may have \(limit) groups, and has them",
            value: "uid \(owner)",
            remedy: "delete a group, or raise it: atoll quota set --owner \(owner) --groups NUMBER")
    }

    /// The groups that the caller may see, by name.
    public func groups(as caller: Caller) async throws(APIError) -> [Group] {
        let owner = caller.isAdministrator ? nil : caller.user
        return try rows { () throws(LedgerError) in try ledger.groupStates(owner: owner) }
            .map { view($0) }
    }

    public func group(_ name: String, as caller: Caller) async throws(APIError) -> Group {
        view(try state(of: name, for: caller))
    }

    /// Removes an empty group; with `force` its members and regions first.
    public func deleteGroup(_ name: String, force: Bool, as caller: Caller) async throws(APIError) {
        try requireAdministrator(caller, to: "delete a group")
        try await inTurn(name) { () throws(APIError) in
            let state = try state(of: name, for: caller)
            if !force, !state.regions.isEmpty || !state.members.isEmpty {
                throw APIError(
                    code: .groupNotEmpty,
                    message: "the group has \(state.regions.count) regions "
                        + "and \(state.members.count) members", value: name,
                    remedy: "remove them first, or use --force")
            }
            for region in state.regions { try await take(away: region, of: state) }
            for member in state.members {
                let state = try self.state(of: name, for: caller)
                try await take(out: member, of: state)
            }
            try rows { () throws(LedgerError) in
                try ledger.write(.follows) { _ = try state.group.delete($0) }
            }
            step(.groupForgotten)
            await closeAccount(of: state.group)
            record("group.deleted", state.group, nil, "group \(name) deleted")
        }
    }
}
