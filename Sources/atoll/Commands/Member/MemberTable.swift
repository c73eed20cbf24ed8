// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

enum MemberTable {
    static func lines(_ members: [Member]) -> [String] {
        var table = Table("VM", ">SLOT", "STATE", ">INCARNATION", ">VCPUS", "UUID")
        for member in members {
            table.add(
                member.vm, "\(member.slot)", member.state.rawValue, "\(member.incarnation)",
                "\(member.vcpus)", member.uuid.uuidString.lowercased())
        }
        return table.lines
    }
}
