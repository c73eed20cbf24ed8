// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSync
internal import AtollSystem

/// The threads, over all members, that work on one job: this process's part of them.
///
/// Every process of the job joins, then all call ``run(_:)`` the same number of times.
///
/// ## If the holder dies
/// When a member of the job is lost, its process ends, or a thread of the team throws, then every
/// wait of the others ends in an error (``TeamError/sync(_:)``), and so does ``run(_:)``.
public final class Team: Sendable {
    public let environment: TeamEnvironment
    public let region: Region
    let liveness: MemberLiveness
    let watch: TeamWatch
    let block: TeamBlock
    let directory: Directory
    let limits: SpinLimits
    /// `nil`: this VM has no doorbell here.
    let bell: TeamBell?
    private let cpus: TeamCPUs
    private let options: TeamOptions

    /// Joins as the agent's environment says.
    ///
    /// - Throws: any ``TeamError`` but ``TeamError/program(code:)``.
    public static func join() throws(TeamError) -> Team {
        try Team(TeamEnvironment())
    }

    /// Joins as this part of a job.
    public convenience init(_ environment: TeamEnvironment) throws(TeamError) {
        let memory: SharedMemory
        do {
            let file = try OwnedFD(opening: environment.region, [.write])
            memory = SharedMemory(try Mapping(file, count: environment.regionBytes))
        } catch { throw .mapping(error) }
        try self.init(environment, memory)
    }

    /// Joins in memory that is mapped already.
    public init(_ environment: TeamEnvironment, _ memory: SharedMemory) throws(TeamError) {
        self.environment = environment
        let size = environment.vms * environment.threadsPerVM
        guard size <= TeamLayout.largestTeam else {
            throw .teamTooLarge(threads: size, largest: TeamLayout.largestTeam)
        }
        let options = try TeamOptions()
        cpus = TeamCPUs(options.pin, threadsPerVM: environment.threadsPerVM)
        limits = SpinLimits(
            options, threads: environment.threadsPerVM, cpus: cpus.allowed.count)
        do { region = try Region.open(memory) } catch { throw .region(error) }
        liveness = MemberLiveness(
            region: region, slot: environment.slot, incarnation: environment.incarnation)
        var watch = try TeamWatch(region, environment)
        bell = try TeamBell(options.bell, region: environment.region, slot: environment.slot)
        // Before anybody can wait for this process.
        if bell == nil { region.setSilent(environment.slot) }
        let wish = options.barrier(
            size: size, threadsPerVM: environment.threadsPerVM, cpus: cpus.allowed.count)
        self.options = options
        block = try Self.block(wish, environment, watch, Directory(liveness, watch: watch))
        try block.check(memory, threadsPerVM: environment.threadsPerVM)
        watch.block = block
        self.watch = watch
        directory = Directory(liveness, watch: watch)
    }

    /// The team's control block, made by the first to come.
    private static func block(
        _ wish: BarrierAlgorithm, _ environment: TeamEnvironment, _ watch: TeamWatch,
        _ directory: Directory
    ) throws(TeamError) -> TeamBlock {
        let name = objectName(environment.job, "team", [])
        let size = environment.vms * environment.threadsPerVM
        let block = { (offset: Int) in
            TeamBlock(offset: offset, size: size, vms: environment.vms, wish: wish)
        }
        let bytes = TeamLayout(size: size, vms: environment.vms).bytes
        do {
            let record = try directory.openOrCreate(
                name, kind: .team, bytes: bytes, job: environment.job
            ) {
                block($1).build(
                    $0, watch.members.map { ($0.slot, environment.threadsPerVM) })
            }
            return block(record.offset).read(directory.region.memory)
        } catch {
            // Another size is another shape: the block says which.
            guard case .sizeMismatch = error, let record = try directory.open(name) else {
                throw error
            }
            return block(record.offset)
        }
    }

    /// Threads of the team, over all VMs.
    public var size: Int { environment.vms * environment.threadsPerVM }
    public var vms: Int { environment.vms }
    public var threadsPerVM: Int { environment.threadsPerVM }
    /// Which of the VMs this is.
    public var vmRank: Int { environment.rank }

    /// What the host calls the VM of this rank.
    public func vmName(_ rank: Int) -> [UInt8] { region.member(watch.members[rank].slot).name }

    /// Runs `body` once in each of this VM's threads, the caller's among them, and returns when all
    /// threads of the team, in every VM, have come to its end. What they wrote is then seen here.
    ///
    /// - Throws: what `body` threw here, or why this part could not come to its end.
    public func run(_ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Void)
        throws(TeamError)
    {
        let failures: [TeamError?]
        do {
            failures = try ThreadGroup.run(threadsPerVM) { index -> TeamError? in
                self.cpus.bind(rank: self.vmRank * self.threadsPerVM + index)
                // The caller's thread goes on to other work.
                defer { if index == 0 { self.cpus.release() } }
                var thread = TeamThread(self, index)
                do throws(TeamError) {
                    try body(&thread)
                    try thread.barrier()
                    return nil
                } catch {
                    self.tellOthers(error, rank: thread.rank)
                    return error
                }
            }
        } catch {
            let failure = TeamError.threads(error)
            tellOthers(failure, rank: vmRank * threadsPerVM)
            throw failure
        }
        // One that ended because another did says less than the other.
        let causes = failures.compactMap { $0 }
        if let failure = causes.first(where: { !$0.isEcho }) ?? causes.first { throw failure }
    }

    /// Lets the others' waits end. What they see for themselves they need not be told.
    func tellOthers(_ failure: TeamError, rank: Int) {
        switch failure {
        case .sync(.memberLost), .sync(.draining), .sync(.peerFailed): region.rouse(bell)
        default: leave(rank)
        }
    }

    /// This thread comes to no further end of a construct: waits of the others throw
    /// ``SyncError/peerFailed(rank:)``.
    func leave(_ rank: Int) {
        _ = region.memory.compareExchange(0, UInt64(rank + 1), word: block.failed)
        region.rouse(bell)
    }

    /// Lets a thread that a pinned one has started run on all CPUs.
    func unpin() { cpus.release() }

    // MARK: Parts

    /// The block of a part of this team, made by the first to come.
    func part(
        _ name: [UInt8], of parent: TeamBlock, _ members: [(slot: Int, threads: Int)]
    ) throws(TeamError) -> TeamBlock {
        let size = members.reduce(0) { $0 + $1.threads }
        let wish = options.barrier(
            size: size, threadsPerVM: members.map { $0.threads }.max() ?? 1,
            cpus: cpus.allowed.count)
        let block = { (offset: Int) in
            TeamBlock(offset: offset, size: size, vms: members.count, wish: wish)
        }
        let record = try directory.openOrCreate(
            Self.objectName(environment.job, "team.", name), kind: .team,
            bytes: TeamLayout(size: size, vms: members.count).bytes, job: environment.job
        ) { block($1).build($0, members, parent: parent) }
        return block(record.offset).read(region.memory)
    }

    /// Gives a part's block back, when nobody uses it any more.
    func removePart(_ name: [UInt8]) throws(TeamError) {
        try directory.remove(Self.objectName(environment.job, "team.", name))
    }

    // MARK: Named things

    /// The lock of this name, the same for all threads of the team.
    ///
    /// - Throws: as ``Directory/openOrCreate(_:bytes:job:build:)``.
    public func lock(_ name: StaticString, recursive: Bool = false) throws(TeamError) -> TeamLock {
        try lock(named: Self.bytes(name), recursive: recursive)
    }

    public func lock(named name: [UInt8], recursive: Bool = false) throws(TeamError) -> TeamLock {
        let full = Self.objectName(environment.job, "lock.", name)
        let record = try directory.openOrCreate(
            full, kind: recursive ? .recursiveLock : .lock, bytes: SyncLayout.bytes,
            job: environment.job
        ) { _, _ in }
        return TeamLock(offset: record.offset, isRecursive: recursive)
    }

    /// The array of this name, the same for all threads of the team; zero at first. It goes with the
    /// job.
    ///
    /// - Throws: as ``Directory/openOrCreate(_:bytes:job:build:)``; a size that differs from the
    ///   others' is ``TeamError/sizeMismatch(found:expected:)``.
    public func array<Element: BitwiseCopyable>(
        _ name: StaticString, of type: Element.Type, count: Int
    ) throws(TeamError) -> SharedArray<Element> {
        try array(named: Self.bytes(name), of: type, count: count)
    }

    public func array<Element: BitwiseCopyable>(
        named name: [UInt8], of type: Element.Type, count: Int
    ) throws(TeamError) -> SharedArray<Element> {
        let stride = MemoryLayout<Element>.stride
        guard count > 0, count <= region.layout.arenaBytes / stride else {
            throw .noRoom(bytes: count.multipliedReportingOverflow(by: stride).partialValue)
        }
        let full = Self.objectName(environment.job, "data.", name)
        let record = try directory.openOrCreate(
            full, bytes: SharedArray<Element>.bytes(count), job: environment.job
        ) { _, _ in }
        return SharedArray(region.memory, at: record.offset, count: count)
    }

    /// The memory of a team's tasks.
    func taskArea(of block: TeamBlock, _ layout: TaskLayout) throws(TeamError) -> Int {
        var name = Text()
        name.add(block.offset)
        name.add(".")
        name.add(layout.capacity)
        let full = Self.objectName(environment.job, "tasks.", name.bytes)
        return try directory.openOrCreate(full, bytes: layout.bytes, job: environment.job) { _, _ in
        }.offset
    }

    static func bytes(_ text: StaticString) -> [UInt8] {
        var result = Text()
        result.add(text)
        return result.bytes
    }

    static func objectName(_ job: UInt64, _ kind: StaticString, _ name: [UInt8]) -> [UInt8] {
        var text = Text()
        text.add("job.")
        text.add(job)
        text.add(".")
        text.add(kind)
        text.add(name)
        return text.bytes
    }
}
