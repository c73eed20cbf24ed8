// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSync

/// The region's named objects, as a process of a member uses them.
///
/// Finding takes no lock. Placing happens under the directory's; building does not, so that a large
/// object holds up nobody but those who want it.
///
/// ## If the holder dies
/// Who dies with the lock leaves nothing to repair, since an entry is published by its last store. Who
/// dies while building is found out by those who wait for the object: one of them builds it anew.
/// Both need certainty (``MemberLiveness``): the host's word about a VM; about a process whose VM
/// lives on, its own kernel's word, which another VM cannot ask: there the member's agent calls
/// ``reclaim()`` after a process has ended.
public struct Directory: Sendable {
    public let region: Region
    public let liveness: MemberLiveness
    let watch: TeamWatch?

    public init(_ liveness: MemberLiveness) {
        self.init(liveness, watch: nil)
    }

    init(_ liveness: MemberLiveness, watch: TeamWatch?) {
        region = liveness.region
        self.liveness = liveness
        self.watch = watch
    }

    private enum Step {
        case ready(ObjectRecord)
        case build(ObjectRecord)
        case wait(ObjectRecord)
        case noRoom
    }

    /// The object of this name, made if nobody has.
    ///
    /// - Parameters:
    ///   - kind: what a new object is.
    ///   - job: the job that a new object goes with; 0: it stays until it is removed.
    ///   - build: fills a new object, whose bytes are zero. It can be called more than once, should
    ///     somebody remove the object meanwhile, and must not use the directory.
    /// - Throws: ``TeamError/badName``, ``TeamError/sizeMismatch(found:expected:)``,
    ///   ``TeamError/kindMismatch(found:expected:)``,
    ///   ``TeamError/noRoom(bytes:)``, ``TeamError/sync(_:)``.
    public func openOrCreate(
        _ name: [UInt8], kind: ObjectKind = .data, bytes: Int, job: UInt64,
        build: (SharedMemory, Int) -> Void
    ) throws(TeamError) -> ObjectRecord {
        try Self.check(name)
        let me = liveness.owner
        while true {
            let step: Step
            if let record = region.findObject(name), record.state == .ready {
                step = .ready(record)
            } else {
                step = try locked { look(name, kind, bytes, job, me) }
            }
            switch step {
            case .ready(let record):
                guard record.bytes == bytes else {
                    throw .sizeMismatch(found: record.bytes, expected: bytes)
                }
                guard record.kind == kind else {
                    throw .kindMismatch(found: record.kind, expected: kind)
                }
                return record
            case .build(let record):
                region.memory.zero(at: record.offset, count: record.bytes)
                build(region.memory, record.offset)
                if region.publishObject(record) { return record }
            case .wait(let record):
                try wait(for: record)
            case .noRoom:
                throw .noRoom(bytes: bytes)
            }
        }
    }

    /// The object of this name; `nil` where there is none. Waits for one that is being built.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public func open(_ name: [UInt8]) throws(TeamError) -> ObjectRecord? {
        while true {
            guard let record = region.findObject(name) else { return nil }
            if record.state == .ready { return record }
            if let builder = Owner(in: record.builder), liveness.isLost(builder) { return nil }
            try wait(for: record)
        }
    }

    /// Takes an extent for an OpenMP program's image: of so many bytes, or the largest that is free.
    /// Its content is what was there before. `nil` where there is none of `least` bytes.
    func makeExtent(_ name: [UInt8], bytes: Int?, least: Int, job: UInt64) throws(TeamError)
        -> ObjectRecord?
    {
        let boundary = ObjectRecord.imageBoundary
        let me = liveness.owner
        return try locked {
            let free = region.largestFreeExtent(boundary: boundary)
            let wanted = bytes.map { ($0 + boundary - 1) / boundary * boundary } ?? free
            guard wanted >= least, wanted <= free,
                let record = region.placeObject(
                    name: name, bytes: wanted, boundary: boundary, job: job, builder: me.word),
                region.publishObject(record)
            else { return nil }
            return record
        }
    }

    /// Frees the object of this name and its extent. Only when nobody uses it.
    ///
    /// - Throws: ``TeamError/noSuchObject``, ``TeamError/sync(_:)``.
    public func remove(_ name: [UInt8]) throws(TeamError) {
        let found = try locked { () -> Bool in
            guard let record = region.findObject(name) else { return false }
            region.freeObject(record)
            return true
        }
        if !found { throw .noSuchObject }
    }

    /// Gives back what the dead held: the directory's lock, and objects that they were building. The
    /// member's agent calls it after a process has ended, since nobody else can know of that. Takes no
    /// lock and never waits: freeing compares the entry's word, and the agent has hearts to beat.
    public func reclaim() {
        reclaimLock()
        for record in region.objects where record.state == .building {
            if isHeldByTheDead(record.builder) { region.freeObject(record) }
        }
    }

    /// The lock alone: cheap enough for now and then. A dead holder leaves nothing to repair, since an
    /// entry is published by its last store.
    public func reclaimLock() {
        let word = region.memory.load(word: Region.directoryLockOffset)
        guard isHeldByTheDead(word) else { return }
        _ = region.memory.compareExchange(word, 0, word: Region.directoryLockOffset)
    }

    private func isHeldByTheDead(_ word: UInt64) -> Bool {
        guard let owner = Owner(in: word) else { return false }
        return liveness.isLost(owner)
    }

    // MARK: Under the lock

    private func look(
        _ name: [UInt8], _ kind: ObjectKind, _ bytes: Int, _ job: UInt64, _ me: Owner
    ) -> Step {
        if let record = region.findObject(name) {
            if record.state == .ready { return .ready(record) }
            guard let builder = Owner(in: record.builder), liveness.isLost(builder) else {
                return .wait(record)
            }
            region.freeObject(record)
        }
        let placed = region.placeObject(
            name: name, kind: kind, bytes: bytes, job: job, builder: me.word)
        return placed.map { .build($0) } ?? .noRoom
    }

    private func locked<R>(_ body: () -> R) throws(TeamError) -> R {
        let me = liveness.owner
        let memory = region.memory
        let lock = RobustLock(memory.word(at: Region.directoryLockOffset))
        var waiter = TeamWaiter(region, watch, for: .somebody)
        do {
            if try lock.lock(as: me, &waiter, liveness) == .ownerDied {
                try lock.consistent(as: me)
            }
            let result = body()
            try lock.unlock(as: me)
            return result
        } catch { throw .sync(error) }
    }

    // MARK: Waiting

    /// Until the entry is no longer the same, or its builder is lost.
    private func wait(for record: ObjectRecord) throws(TeamError) {
        var waiter = TeamWaiter(region, watch, for: .everybody)
        var looks = 0
        while region.object(record.index) == record {
            looks += 1
            if looks % 16 == 0, let builder = Owner(in: record.builder), liveness.isLost(builder) {
                return
            }
            do { try waiter.wait() } catch {
                if let builder = Owner(in: record.builder), liveness.isLost(builder) { return }
                throw .sync(error)
            }
        }
    }

    private static func check(_ name: [UInt8]) throws(TeamError) {
        guard !name.isEmpty, name.count < nameField, !name.contains(0) else { throw .badName }
    }

    /// Bytes of a name in the directory, its closing NUL among them.
    static var nameField: Int { 64 }
}
