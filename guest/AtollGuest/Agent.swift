// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSystem

/// Runs in each guest: joins the regions that the host plugs in, and runs this VM's part of jobs. One
/// loop in one thread; nothing in it waits for a region's other parties.
public final class Agent {
    private let options: AgentOptions
    private let log: AgentLog
    private let tree: DeviceTree
    private let identity: MemberIdentity
    private let account: Account?
    private let group: UInt32?
    private var regions: [AgentRegion] = []
    private var complaints: [(device: RegionDevice, problem: Message)] = []
    private var searched: UInt64 = 0
    private var isEnding = false

    /// How often devices are looked for, in nanoseconds.
    private static var search: UInt64 { 500_000_000 }

    /// Throws ``UsageError`` where there is nobody to run jobs as, or no telling who this VM is.
    public init(_ options: AgentOptions, log: AgentLog) throws(UsageError) {
        self.options = options
        self.log = log
        tree = DeviceTree(root: options.sysfs)
        account = try Self.account(options)
        group = Account.group(named: "atoll".bytes) ?? account?.group
        if let name = options.member {
            identity = .process(name)
            return
        }
        guard let vm = options.vm ?? tree.machine() else {
            throw UsageError(
                "cannot read this VM's UUID from \(options.sysfs)/class/dmi/id/product_uuid: run as root, or give --uuid"
            )
        }
        identity = .vm(vm)
    }

    private static func account(_ options: AgentOptions) throws(UsageError) -> Account? {
        guard let name = options.user ?? (options.files.isEmpty ? "atoll".bytes : nil) else {
            return nil
        }
        guard let account = Account.named(name) else {
            throw UsageError(
                "there is no user '\(name)' to run jobs as: make one (useradd --system \(name)) or name another with --user"
            )
        }
        // Without root there is only one user to be.
        return Account.currentUser == Int32(bitPattern: account.user) ? nil : account
    }

    /// Serves until SIGTERM or SIGINT; calls `ready` once these are waited for.
    public func run(ready: () -> Void = {}) throws(Errno) {
        Signal.ignoreBrokenPipes()
        let inbox = try SignalInbox([Signal.terminate, Signal.interrupt, Signal.child])
        ready()
        while true {
            while let signal = inbox.next() {
                if signal != Signal.child, !isEnding { beginEnding() }
            }
            let now = MonotonicClock.now()
            if !isEnding, searched == 0 || now - searched >= Self.search {
                searched = now
                findRegions()
            }
            serve(now)
            if isEnding, regions.isEmpty { return }
            sleep(inbox.descriptor, now)
        }
    }

    private func beginEnding() {
        isEnding = true
        for region in regions { region.beginClosing() }
    }

    private func serve(_ now: UInt64) {
        var kept: [AgentRegion] = []
        for region in regions {
            if region.serve(now: now) { kept.append(region) } else { letGo(region) }
        }
        regions = kept
    }

    private func sleep(_ inbox: Int32, _ now: UInt64) {
        var poll = PollSet()
        _ = poll.addReading(inbox)
        var patience = 100
        for region in regions {
            for descriptor in region.descriptors { _ = poll.addReading(descriptor) }
            for descriptor in region.writingDescriptors { _ = poll.addWriting(descriptor) }
            patience = min(patience, region.patience(now: now))
        }
        poll.wait(milliseconds: patience)
    }

    // MARK: Joining and leaving

    private func findRegions() {
        let devices: [RegionDevice]
        if options.files.isEmpty {
            devices = tree.devices()
        } else {
            devices = options.files.compactMap { try? RegionDevice.file($0) }
        }
        complaints.removeAll { complaint in !devices.contains(complaint.device) }
        for region in regions where !devices.contains(region.member.device) { region.unplugged() }
        for device in devices where !regions.contains(where: { $0.member.device == device }) {
            join(device)
        }
    }

    private func join(_ device: RegionDevice) {
        do {
            let vcpus = options.vcpus ?? Processor.onlineCount
            let member = try Membership.join(device, as: identity, vcpus: vcpus) {
                self.open(device)
            }
            guard let member else {
                return complain(device, "its host has assigned no slot to this member yet")
            }
            complaints.removeAll { $0.device == device }
            welcome(member)
        } catch {
            complain(device, error.message)
        }
    }

    /// Lets jobs open the device.
    private func open(_ device: RegionDevice) {
        guard let group, device.mapping != .file else { return }
        do { try device.allow(group: group) } catch {
            log.say("\(device.path): jobs may be unable to open it: \(error.message)")
        }
    }

    private func welcome(_ member: Membership) {
        let identity = member.region.identity
        log.say(
            "\(identity.regionName): joined group \(identity.groupName) as slot \(member.slot), incarnation \(member.incarnation), name \(member.name); \(member.device.path) (\(member.device.reason.message)), one locked operation \(member.locked.nanoseconds) ns"
        )
        if member.locked.looksUncached {
            log.say(
                "\(identity.regionName): the mapping looks uncached: a locked operation takes \(member.locked.nanoseconds) ns here and \(member.locked.ownNanoseconds) ns on ordinary memory; jobs will be slow, and so will others: see atoll-guest info"
            )
        }
        if let directory = options.runDirectory {
            do { try ServedRegion(member).publish(in: directory, region: identity.region) } catch {
                log.say("\(directory): atoll-run will not find this region: \(error)")
            }
        }
        regions.append(AgentRegion(member, account: account, log: log))
    }

    private func letGo(_ region: AgentRegion) {
        if let directory = options.runDirectory {
            ServedRegion.withdraw(from: directory, region: region.member.region.identity.region)
        }
        region.member.leave()
        log.say("\(region.name): left")
    }

    /// Says each device's problem once, until it changes.
    private func complain(_ device: RegionDevice, _ problem: Message) {
        if complaints.contains(where: { $0.device == device && $0.problem == problem }) { return }
        complaints.removeAll { $0.device == device }
        complaints.append((device, problem))
        log.say("\(device.path): \(problem)")
    }
}
