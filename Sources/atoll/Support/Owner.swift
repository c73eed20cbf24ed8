// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollAccounts

/// A group's owner as people write and read it.
enum Owner {
    static func text(_ user: UInt32) -> String { Accounts.userName(user) ?? "\(user)" }

    static func parse(_ name: String) throws(APIError) -> UInt32 {
        guard let user = Accounts.user(name) else {
            throw APIError(
                code: .badRequest, message: "this host has no such user", value: name,
                remedy: "name a user of this host, or give the user's number")
        }
        return user
    }
}
