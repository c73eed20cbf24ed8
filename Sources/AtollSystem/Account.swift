// SPDX-License-Identifier: Apache-2.0
internal import CLinuxShim

/// A user as the system knows it.
public struct Account: Sendable {
    public var user: UInt32
    public var group: UInt32
    /// All groups, the first one included.
    public var groups: [UInt32]
    public var home: [UInt8]
    public var name: [UInt8]

    private init(_ a: atoll_account) {
        user = a.user
        group = a.group
        // SAFETY: the tuple holds this many numbers, of which the shim filled `group_count`.
        groups = unsafe withUnsafeBytes(of: a.groups) {
            unsafe Array($0.bindMemory(to: UInt32.self).prefix(a.group_count))
        }
        // SAFETY: the views are read within the call; the shim closed both strings.
        home = unsafe withUnsafeBytes(of: a.home) { unsafe Array($0.prefix { $0 != 0 }) }
        name = unsafe withUnsafeBytes(of: a.name) { unsafe Array($0.prefix { $0 != 0 }) }
    }

    /// `nil` where there is no such user.
    public static func named(_ name: [UInt8]) -> Account? {
        var account = atoll_account()
        // SAFETY: the shim reads the closed string and fills the structure during the call only.
        let result = unsafe withCString(name) { unsafe atoll_account_named($0, &account) }
        return result < 0 ? nil : Account(account)
    }

    /// Who this process acts as; `nil` where no name belongs to the number.
    public static var current: Account? {
        var account = atoll_account()
        // SAFETY: the shim fills the structure during the call only.
        let result = unsafe atoll_account_of(UInt32(currentUser), &account)
        return result < 0 ? nil : Account(account)
    }

    public static var currentUser: Int32 { atoll_user_id() }

    /// A group's number; `nil` where there is none of that name.
    public static func group(named name: [UInt8]) -> UInt32? {
        // SAFETY: the shim reads the closed string during the call only.
        let result = unsafe withCString(name) { unsafe atoll_group_named($0) }
        return result < 0 ? nil : UInt32(result)
    }
}

/// Bytes as a C string for the time of a call.
func withCString<T>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
    // SAFETY: the copy is closed by NUL and outlives the call.
    unsafe (bytes + [0]).withUnsafeBytes {
        unsafe body($0.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
}
