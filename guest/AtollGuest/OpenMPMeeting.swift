// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// Where the processes of an OpenMP program meet before it starts: each lays down what it is about to
/// run, the first compares and decides, the others do as it says.
///
/// A data object of the region that goes with the job: a line with the verdict, then a record for each
/// process.
///
/// ## If somebody dies
/// Whoever waits looks at the job's board, and ends with a sentence: by the host's word for a VM, by its
/// agent's for a process. Nobody waits longer than the limit.
public struct OpenMPMeeting {
    public let environment: TeamEnvironment
    public let region: Region
    private let directory: Directory
    let watch: TeamWatch
    private let object: ObjectRecord

    /// How long one may wait for another, in nanoseconds: reading its files takes a while where nothing
    /// is cached and the processor is emulated.
    private static var limit: UInt64 { 120_000_000_000 }
    private static var recordBytes: Int { 1024 }
    private static var mostFiles: Int { 56 }

    private enum State {
        static var none: UInt64 { 0 }
        static var ready: UInt64 { 1 }
    }
    private enum Verdict {
        static var start: UInt64 { 1 }
        static var refuse: UInt64 { 2 }
    }

    /// Where the image lies in the region.
    public struct Image: Sendable, Equatable {
        public let offset: Int
        public let bytes: Int
        /// For how large a stack addresses are laid out in all processes.
        public let stackLimit: UInt64
    }

    /// Why the program is not started.
    public enum Refusal: Error, Sendable, Equatable {
        case because(Message)
        /// Another process says why.
        case byAnother
    }

    public init(_ environment: TeamEnvironment) throws(Refusal) {
        self.environment = environment
        do {
            let device = RegionDevice(
                path: environment.region, bytes: UInt64(environment.regionBytes), mapping: .unknown,
                instance: 0)
            region = try device.open()
        } catch { throw .because("cannot open the region: \(error.message)") }
        do throws(TeamError) {
            watch = try TeamWatch(region, environment)
            directory = Directory(
                MemberLiveness(
                    region: region, slot: environment.slot, incarnation: environment.incarnation),
                watch: watch)
            let bytes = 64 + environment.vms * Self.recordBytes
            object = try directory.openOrCreate(
                Self.name("openmp", environment.job), bytes: bytes, job: environment.job
            ) { _, _ in }
        } catch {
            throw .because(
                "cannot meet the job's other processes: \(Message(bytes: error.text.bytes))")
        }
    }

    public static func name(_ name: String, _ job: UInt64) -> [UInt8] {
        let text: Message = "job.\(job).\(name)"
        return text.bytes
    }

    private var memory: SharedMemory { region.memory }
    private func record(_ rank: Int) -> Int { object.offset + 64 + rank * Self.recordBytes }
    func vm(_ rank: Int) -> [UInt8] { region.member(watch.members[rank].slot).name }

    // MARK: Facts

    private func lay(_ facts: OpenMPFacts) {
        let at = record(environment.rank)
        let words = [
            UInt64(facts.files.count), facts.model, facts.flags, facts.threads, facts.stackLimit,
        ]
        for (index, word) in words.enumerated() { memory.store64(word, at: at + 8 + 8 * index) }
        for (index, file) in Self.folded(facts.files).enumerated() {
            memory.store64(file.name, at: at + 64 + 16 * index)
            memory.store64(file.content, at: at + 72 + 16 * index)
        }
        memory.store(State.ready, word: at)
    }

    /// The last stands for all that there is no room for.
    private static func folded(_ files: [OpenMPFacts.File]) -> [OpenMPFacts.File] {
        guard files.count > mostFiles else { return files }
        var result = Array(files.prefix(mostFiles))
        for file in files.dropFirst(mostFiles) {
            let last = result[mostFiles - 1].content
            result[mostFiles - 1].content = (last &* 0x100_0000_01b3) ^ file.content
        }
        return result
    }

    private func facts(_ rank: Int) -> OpenMPFacts {
        let at = record(rank)
        let word = { (index: Int) in self.memory.load64(at + 8 + 8 * index) }
        var facts = OpenMPFacts()
        let count = min(Int(clamping: word(0)), Self.mostFiles)
        facts.files = (0..<count).map {
            OpenMPFacts.File(
                name: memory.load64(at + 64 + 16 * $0), content: memory.load64(at + 72 + 16 * $0))
        }
        (facts.model, facts.flags) = (word(1), word(2))
        (facts.threads, facts.stackLimit) = (word(3), word(4))
        return facts
    }

    // MARK: Meeting

    /// Lays down this process's facts and waits until all may start. In rank 0 `make` makes the image,
    /// once all agree.
    public func agree(
        _ facts: OpenMPFacts, names: [[UInt8]], make: (OpenMPMeeting) throws(Refusal) -> Image
    ) throws(Refusal) -> Image {
        lay(facts)
        if environment.rank > 0 { return try follow() }
        do throws(Refusal) {
            try compare(facts, names)
            let image = try make(self)
            memory.store64(UInt64(image.offset), at: object.offset + 8)
            memory.store64(UInt64(image.bytes), at: object.offset + 16)
            memory.store64(image.stackLimit, at: object.offset + 24)
            memory.store(Verdict.start, word: object.offset)
            return image
        } catch {
            memory.store(Verdict.refuse, word: object.offset)
            throw error
        }
    }

    /// Rank 0's part: waits for each other's facts.
    private func compare(_ facts: OpenMPFacts, _ names: [[UInt8]]) throws(Refusal) {
        var mine = facts
        mine.files = Self.folded(facts.files)
        let started = MonotonicClock.now()
        for rank in 1..<max(1, environment.vms) {
            while memory.load(word: record(rank)) != State.ready {
                try look(at: [rank], since: started)
            }
            if let how = mine.difference(to: self.facts(rank), names: names) {
                throw .because("VM \(vm(rank)) differs from VM \(vm(0)): \(how)")
            }
        }
    }

    private func follow() throws(Refusal) -> Image {
        let started = MonotonicClock.now()
        while true {
            switch memory.load(word: object.offset) {
            case Verdict.start:
                let offset = memory.load64(object.offset + 8)
                let bytes = memory.load64(object.offset + 16)
                guard region.layout.arenaContains(offset: offset, bytes: bytes) else {
                    throw .because("the image's place is outside the region")
                }
                return Image(
                    offset: Int(offset), bytes: Int(bytes),
                    stackLimit: memory.load64(object.offset + 24))
            case Verdict.refuse: throw .byAnother
            default: try look(at: [0], since: started)
            }
        }
    }

    /// A step of a wait for these ranks: throws where they will not come.
    private func look(at ranks: [Int], since started: UInt64) throws(Refusal) {
        do { try watch.check() } catch {
            throw .because("another VM of the job was lost before the program started")
        }
        for rank in ranks {
            let part = watch.board.part(watch.ticket, rank: rank)
            // It may have laid its facts down before it ended.
            if part.state == .exited || part.state == .refused { throw .byAnother }
            if part.state == .running, !part.isOpenMP {
                throw .because(
                    "what VM \(vm(rank)) has by that name does not use OpenMP: install the same program in all VMs"
                )
            }
        }
        if MonotonicClock.now() - started > Self.limit {
            throw .because(
                "VM \(vm(ranks[0])) has not come to start its part for \(Int(Self.limit / 1_000_000_000)) s"
            )
        }
        MonotonicClock.sleep(nanoseconds: 500_000)
    }

    // MARK: The image

    /// Takes the extent for the image: `bytes`, or the largest that there is. Nothing in it is changed.
    func makeImage(bytes: UInt64?, least: UInt64) throws(Refusal) -> ObjectRecord {
        let name = OpenMPImage.name(job: environment.job)
        do throws(TeamError) {
            let found = try directory.makeExtent(
                name, bytes: bytes.map { Int(clamping: $0) }, least: Int(clamping: least),
                job: environment.job)
            if let found { return found }
        } catch {
            throw .because("cannot make the program's image: \(Message(bytes: error.text.bytes))")
        }
        let free = region.largestFreeExtent(boundary: ObjectRecord.imageBoundary)
        let wanted = max(least, bytes ?? 0)
        throw .because(
            "the region is too small: the program needs \(Self.size(wanted)) of it at least, and of \(Self.size(UInt64(environment.regionBytes))) there are \(Self.size(UInt64(free))) free in one piece: make a larger region, wait for other jobs, or ask for less with --memory"
        )
    }

    static func size(_ bytes: UInt64) -> Message {
        bytes < 10 << 20 ? "\(Int(bytes >> 10)) KiB" : "\(Int(bytes >> 20)) MiB"
    }
}
