// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

enum MemberTable {
    static func lines(_ members: [Member]) -> [String] {
        var table = Table("VM", ">SLOT", "STATE", ">INCARNATION", ">VCPUS", "PATH", "UUID")
        for member in members {
            table.add(
                member.user.map { "\(member.vm) (process of \(Owner.text($0)))" } ?? member.vm,
                "\(member.slot)", member.state.rawValue, "\(member.incarnation)",
                "\(member.vcpus)", member.path?.rawValue ?? "-", member.uuid.uuidString.lowercased()
            )
        }
        return table.lines
    }
}
