// SPDX-License-Identifier: Apache-2.0
import AtollSync
import CAtollFibers
import Synchronization

/// Runs one execution after another, each thread on a fiber, and decides at every step who goes on.
final class Engine: @unchecked Sendable {
    enum State { case ready, waiting, over, dead }

    struct Thread {
        var state = State.ready
        var isMortal = true
        var hasLimit = false
        /// Losses of which its wait has been told already.
        var disregarded: UInt64 = 0
        /// What its wait ends with, if not with success.
        var verdict: SyncError?
        var body: ((ModelThread) -> Void)?
        /// Words read since the last wait, and the number of the newest value seen in each.
        var read: [(place: Int, number: Int32)] = []
    }

    enum Phase { case setting, running, closing }

    static let mostThreads = 4

    let bytes: Int
    let bounds: Bounds
    let mutation: Mutation?
    private let number: UInt
    private let fibers: [atoll_fiber]

    var history: History
    var choices = Choices()
    var threads: [Thread] = []
    var closing: () -> Void = {}
    private(set) var phase = Phase.setting
    private(set) var failure: String?
    var trace: [String]?

    private(set) var current = -1
    /// Who runs next; -1: to be chosen.
    private var next = -1
    private(set) var steps = 0
    var preemptions = 0
    var crashes = 0
    var staleLoads = 0
    var timeouts = 0

    private static let all = Mutex<(last: UInt, engines: [UInt: Engine])>((0, [:]))

    init(bytes: Int, width: Int, bounds: Bounds, mutation: Mutation?) {
        self.bytes = bytes
        self.bounds = bounds
        self.mutation = mutation
        history = History(bytes: bytes, threads: Self.mostThreads, width: width)
        fibers = (0..<Self.mostThreads).map { _ in atoll_fiber_make() }
        number = Self.all.withLock {
            $0.last += 1
            return $0.last
        }
        Self.all.withLock { $0.engines[number] = self }
    }

    func close() {
        for fiber in fibers { atoll_fiber_free(fiber) }
        Self.all.withLock { $0.engines[number] = nil }
    }

    static func owner(_ thread: Int) -> Owner {
        Owner(slot: thread, incarnation: 1, thread: UInt32(thread + 1))
    }

    func addThread(mortal: Bool, _ body: @escaping (ModelThread) -> Void) {
        precondition(threads.count < Self.mostThreads)
        var thread = Thread()
        thread.isMortal = mortal
        thread.body = body
        threads.append(thread)
    }

    // MARK: One execution

    func run(_ scenario: (Execution) -> Void) -> String? {
        history.reset()
        choices.restart()
        threads.removeAll()
        closing = {}
        failure = nil
        steps = 0
        preemptions = bounds.preemptions
        crashes = bounds.crashes
        staleLoads = bounds.staleLoads
        timeouts = bounds.timeouts
        phase = .setting
        scenario(Execution(engine: self))
        phase = .running
        for i in threads.indices {
            atoll_fiber_start(
                fibers[i], { Engine.enter($0) }, number << 8 | UInt(i))
        }
        schedule()
        if failure == nil {
            // On a fiber as well, so that a failure can leave it where it is.
            phase = .closing
            current = threads.count
            atoll_fiber_start(
                fibers[current], { Engine.enter($0) }, number << 8 | UInt(current))
            _ = atoll_fiber_resume(fibers[current])
        }
        return failure
    }

    private static func enter(_ argument: UInt) {
        guard let engine = all.withLock({ $0.engines[argument >> 8] }) else { return }
        let index = Int(argument & 0xff)
        if engine.phase == .closing { return engine.closing() }
        engine.threads[index].body?(ModelThread(engine: engine, index: index))
        engine.threads[index].state = .over
    }

    private func schedule() {
        next = -1
        while failure == nil {
            if next < 0 {
                let able = threads.indices.filter { isAble($0) }
                if able.isEmpty {
                    guard breakDeadlock() else { return }
                    continue
                }
                next = able[able.count == 1 ? 0 : choices.next(of: able.count)]
            }
            current = next
            next = -1
            threads[current].state = .ready
            _ = atoll_fiber_resume(fibers[current])
        }
    }

    private func isAble(_ index: Int) -> Bool {
        switch threads[index].state {
        case .ready: true
        case .over, .dead: false
        case .waiting: hasNews(index)
        }
    }

    private func hasNews(_ index: Int) -> Bool {
        threads[index].verdict != nil
            || threads[index].read.contains { history.newestNumber($0.place) > $0.number }
    }

    /// Nothing can happen any more. `true`: something can, again.
    private func breakDeadlock() -> Bool {
        let waiting = threads.indices.filter { threads[$0].state == .waiting }
        if waiting.isEmpty { return false }
        let isLoss = { (index: Int) in self.deadSlots & ~self.threads[index].disregarded != 0 }
        let told = waiting.filter { isLoss($0) || threads[$0].hasLimit }
        guard !told.isEmpty else {
            let names = waiting.map { "T\($0)" }.joined(separator: ", ")
            failure = "\(names) wait for ever"
            return false
        }
        steps += 1
        if steps > bounds.steps {
            failure = "no end after \(steps) steps"
            return false
        }
        let who = told[told.count == 1 ? 0 : choices.next(of: told.count)]
        threads[who].verdict = isLoss(who) ? .memberLost(slots: deadSlots) : .timedOut
        return true
    }

    var deadSlots: UInt64 {
        threads.indices.reduce(0) { $0 | (threads[$1].state == .dead ? 1 << UInt64($1) : 0) }
    }

    // MARK: Called in a fiber

    private func leave() { atoll_fiber_yield(fibers[current]) }

    /// Ends the execution; does not return.
    func fail(_ what: String) {
        if phase == .setting { fatalError(what) }
        if failure == nil { failure = what }
        while true { leave() }
    }

    func note(_ what: @autoclosure () -> String) {
        if trace != nil { trace?.append("T\(current) \(what())") }
    }

    private func die() {
        note("dies")
        crashes -= 1
        threads[current].state = .dead
        while true { leave() }
    }

    /// Before each operation on a word: another may come first, or this thread may end here.
    func step(writes: Bool) {
        guard phase == .running else { return }
        steps += 1
        if steps > bounds.steps { fail("no end after \(steps) steps") }
        // A bit each: this is the model's innermost loop, where a list would cost an allocation.
        var others: UInt8 = 0
        if preemptions > 0 {
            for i in 0..<threads.count where i != current && isAble(i) { others |= 1 << UInt8(i) }
        }
        let mayDie = writes && crashes > 0 && threads[current].isMortal
        let count = 1 + others.nonzeroBitCount + (mayDie ? 1 : 0)
        guard count > 1 else { return }
        var choice = choices.next(of: count)
        if choice == 0 { return }
        if choice > others.nonzeroBitCount { die() }
        while choice > 1 {
            others &= others - 1
            choice -= 1
        }
        preemptions -= 1
        next = others.trailingZeroBitCount
        let me = current
        leave()
        precondition(current == me)
    }

    func wait(_ hasLimit: Bool, _ disregarded: UInt64) throws(SyncError) {
        precondition(phase == .running, "nothing to wait for")
        steps += 1
        if steps > bounds.steps { fail("no end after \(steps) steps") }
        let mayDie = crashes > 0 && threads[current].isMortal
        let mayLose = deadSlots & ~disregarded != 0
        let mayTime = hasLimit && timeouts > 0
        let count = 1 + (mayDie ? 1 : 0) + (mayLose ? 1 : 0) + (mayTime ? 1 : 0)
        var choice = count > 1 ? choices.next(of: count) : 0
        if choice > 0 && mayDie {
            choice -= 1
            if choice == 0 { die() }
        }
        if choice > 0 {
            threads[current].read.removeAll(keepingCapacity: true)
            if mayLose && choice == 1 {
                note("is told of a loss")
                inheritFromTheDead()
                throw .memberLost(slots: deadSlots)
            }
            timeouts -= 1
            note("waits no longer")
            throw .timedOut
        }
        note("waits")
        threads[current].hasLimit = hasLimit
        threads[current].disregarded = disregarded
        threads[current].state = .waiting
        let me = current
        leave()
        precondition(current == me)
        threads[current].read.removeAll(keepingCapacity: true)
        if let verdict = threads[current].verdict {
            threads[current].verdict = nil
            note("wakes: \(verdict)")
            if case .memberLost = verdict { inheritFromTheDead() }
            throw verdict
        }
        note("wakes")
    }

    /// Only what the thread reads from here on ends its next wait.
    func forget() { threads[current].read.removeAll(keepingCapacity: true) }

    /// Who tells of a loss has seen all that the lost wrote.
    private func inheritFromTheDead() {
        for index in threads.indices where threads[index].state == .dead {
            history.inherit(current, from: index)
        }
    }

    func isLost(_ owner: Owner) -> Bool {
        switch mutation?.kind {
        case .everybodyIsLost: return true
        case .nobodyIsLost: return false
        default: break
        }
        // Before the beginning all live, after the end nobody.
        guard phase == .running else { return phase == .closing }
        guard owner.incarnation == 1, threads.indices.contains(owner.slot) else { return true }
        guard threads[owner.slot].state == .dead else { return false }
        history.inherit(current, from: owner.slot)
        return true
    }
}
