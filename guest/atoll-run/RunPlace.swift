// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// Where a job can be posted, and as whom: one region, and this VM's place in it.
struct RunPlace {
    let region: Region
    let slot: Int
    let incarnation: UInt64

    /// Asks this VM's agent what it serves. `name` may be left out where there is one region.
    static func find(named name: [UInt8]?, in directory: String) throws(RunError) -> RunPlace {
        let served = ServedRegion.all(in: directory)
        guard !served.isEmpty else {
            throw RunError(
                "this VM has no region (nothing in \(directory)): is atoll-agent running, and has the host attached a region? On a machine without VMs, use --local N"
            )
        }
        var found: [RunPlace] = []
        var problems: Message = ""
        for one in served {
            do throws(DeviceError) {
                let region = try one.device.open()
                if let name, region.identity.regionName != name { continue }
                found.append(
                    RunPlace(region: region, slot: one.slot, incarnation: one.incarnation))
            } catch {
                problems = "\(problems); \(one.device.path): \(error.message)"
                if error == .system(.accessDenied) {
                    problems = "\(problems) (you must be in the group atoll)"
                }
            }
        }
        guard let place = found.first else {
            if let name { throw RunError("no region is called '\(name)' here\(problems)") }
            throw RunError("cannot open this VM's regions\(problems)")
        }
        guard found.count == 1 else {
            var names: Message = ""
            for one in found { names = "\(names) \(one.region.identity.regionName)" }
            throw RunError("this VM has several regions: name one with --region:\(names)")
        }
        guard place.region.isAlive(slot: place.slot, incarnation: place.incarnation) else {
            throw RunError("the host takes this VM for lost: see atoll status there")
        }
        return place
    }

    /// The members that a job is to run on: all with an agent, or so many of them, this VM first among
    /// equals. In order of slot.
    func members(_ count: Int?) throws(RunError) -> [Int] {
        let joined = (0..<RegionLayout.memberSlots).filter { region.hasJoined(slot: $0) }
        let wanted = count ?? joined.count
        guard wanted > 0, wanted <= joined.count else {
            let assigned = (0..<RegionLayout.memberSlots)
                .filter { region.member($0).state == .assigned }
            throw RunError(
                "\(wanted) VMs are wanted, and of the group's \(assigned.count) there are \(joined.count) with an agent: start atoll-agent in the others, or ask for fewer with --vms"
            )
        }
        let others = joined.filter { $0 != slot }
        let own = joined.count == others.count ? [] : [slot]
        return Array((own + others).prefix(wanted)).sorted()
    }
}
