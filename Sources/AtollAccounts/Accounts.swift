// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// Names and numbers of the host's users and groups, from wherever the host keeps them (files, LDAP:
/// the name service switch decides, so libc is asked and no file is read).
///
/// libc's answers live in buffers of its own that the next question overwrites: a lock keeps two
/// questions apart, and each answer is copied before the lock is let go.
public enum Accounts {
    private static let lock = NSLock()

    /// The number of this user, given by name or as the number itself; `nil` where there is none.
    public static func user(_ nameOrNumber: String) -> UInt32? {
        if let number = UInt32(nameOrNumber) { return number }
        return lock.withLock {
            // SAFETY: the entry is read at once, under the lock that every caller here takes.
            unsafe getpwnam(nameOrNumber)?.pointee.pw_uid
        }
    }

    /// The name of this user; `nil` where the host knows none.
    public static func userName(_ number: UInt32) -> String? {
        lock.withLock {
            // SAFETY: the entry and its string are copied at once, under the lock that every caller
            // here takes; libc ends the string with a zero.
            unsafe getpwuid(number).flatMap { entry in
                unsafe entry.pointee.pw_name.map { unsafe String(cString: $0) }
            }
        }
    }

    /// The number of this user group, given by name or as the number itself; `nil` where there is
    /// none.
    public static func userGroup(_ nameOrNumber: String) -> UInt32? {
        if let number = UInt32(nameOrNumber) { return number }
        return lock.withLock {
            // SAFETY: the entry is read at once, under the lock that every caller here takes.
            unsafe getgrnam(nameOrNumber)?.pointee.gr_gid
        }
    }
}
