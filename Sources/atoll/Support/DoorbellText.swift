// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What people are told of a region's doorbell.
enum DoorbellText {
    /// In a table.
    static func word(_ region: Region) -> String {
        guard let doorbell = region.doorbell else { return "none" }
        if !doorbell.isServed, !region.attachments.isEmpty { return "down" }
        return doorbell.cutOff.isEmpty ? "yes" : "cut-off"
    }

    static func line(_ region: Region) -> String {
        guard let doorbell = region.doorbell else { return "none" }
        let count = "\(doorbell.vectors) interrupts"
        if !doorbell.isServed, !region.attachments.isEmpty {
            return "\(count); its server does not run: atolld starts it anew"
        }
        if doorbell.cutOff.isEmpty { return count }
        return "\(count); cut off from VMs that start: \(doorbell.cutOff.joined(separator: ", ")); "
            + "restart them, or remove them from the group and add them again"
    }
}
