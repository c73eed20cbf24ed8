// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// A group without VMs: a memory object in /dev/shm in place of the device, and an agent of its own, in
/// a process of its own, in place of each VM.
///
/// If the launcher dies, the kernel tells the agents, who end their jobs and remove the object.
final class LocalGroup {
    private let object: LocalObject
    private let region: Region
    private var agents: [Int32] = []
    private let launcher = Identity.process

    private static var joinPatience: UInt64 { 30_000_000_000 }

    init(members: Int, bytes: UInt64, taken: UInt64) throws(RunError) {
        LocalObject.sweep()
        do throws(Errno) {
            object = try LocalObject(bytes: bytes, taken: taken)
            let identity = RegionIdentity(
                region: UUID128(high: MonotonicClock.now(), low: UInt64(Identity.process)),
                group: UUID128(high: 0, low: 0), regionName: "local".bytes,
                groupName: "local".bytes)
            // The size was checked with the options.
            let memory = try object.map()
            guard let region = try? Region.format(memory, identity) else {
                throw Errno.invalidArgument
            }
            self.region = region
        } catch {
            throw RunError(
                "cannot make a region of \(bytes) bytes in /dev/shm: \(error): choose with --region-size"
            )
        }
        for slot in 0..<members {
            region.assign(
                slot: slot, vm: Self.vm(slot), incarnation: 1,
                name: "local".bytes + Message.decimal(slot))
        }
        for slot in 0..<members { try startAgent(slot, of: members) }
    }

    private static func vm(_ slot: Int) -> UUID128 { UUID128(high: 0, low: UInt64(slot) + 1) }

    private func startAgent(_ slot: Int, of members: Int) throws(RunError) {
        let pid: Int32
        do { pid = try Child.fork() } catch {
            end()
            throw RunError("cannot start agent \(slot): \(error)")
        }
        if pid > 0 { return agents.append(pid) }
        // From here on this is the agent. A session of its own keeps the terminal's Ctrl-C away: that
        // is the launcher's to pass on.
        _ = try? Current.beginSession()
        var options = AgentOptions()
        options.files = [object.path]
        options.vm = Self.vm(slot)
        options.vcpus = max(1, Processor.onlineCount / members)
        let parent = launcher
        let ended: Void? = (try? Agent(options, log: .silent)).flatMap { agent in
            try? agent.run { try? Current.dieWithParent(Signal.terminate, parent: parent) }
        }
        object.remove()
        Current.exit(ended == nil ? 1 : 0)
    }

    /// The launcher's place, once all agents have joined.
    func place() throws(RunError) -> RunPlace {
        let start = MonotonicClock.now()
        while !agents.indices.allSatisfy({ region.hasJoined(slot: $0) }) {
            guard MonotonicClock.now() - start < Self.joinPatience,
                !agents.contains(where: { Child.hasEnded($0) })
            else { throw RunError("the local agents did not start") }
            MonotonicClock.sleep(nanoseconds: 1_000_000)
        }
        return RunPlace(region: region, slot: 0, incarnation: 1)
    }

    /// Ends the agents, and with them what is left of jobs, and removes the object.
    func end() {
        for agent in agents { _ = try? Signal.send(Signal.terminate, to: agent) }
        for agent in agents { _ = try? Child.reap(agent) }
        agents = []
        object.remove()
    }
}
