// SPDX-License-Identifier: Apache-2.0
import AtollAPI

enum RegionTable {
    static func lines(_ regions: [Region]) -> [String] {
        var table = Table(
            "REGION", ">SIZE", "STATE", ">JOINED", ">ATTACHED", "PAGES", "NUMA", "DOORBELL",
            "OBJECT")
        for region in regions {
            let joined = region.attachments.count { $0.state == .joined }
            table.add(
                region.name, ByteSize.text(region.size), region.state.rawValue, "\(joined)",
                "\(region.attachments.count)", region.pages.rawValue, region.numa.description,
                DoorbellText.word(region), region.object)
        }
        return table.lines
    }
}
