// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync

/// The model's waiter, for waits that nothing ends but what they wait for.
struct ModelCrewWaiter: CrewWaiter {
    private let execution: Execution
    private var waiter: ModelWaiter

    init(_ execution: Execution, _ thread: ModelThread) {
        self.execution = execution
        waiter = thread.waiter()
    }

    mutating func step() {
        do { try waiter.wait() } catch { execution.expect(false, "\(error)") }
    }
    mutating func pause(_ times: Int) {}
    mutating func end() {}
}

/// A crew at word 0, and what the threads of a model do in it. Behind it: a word of data for each thread, and
/// tasks of the simplest kind, each a word that is 1 while it is ready, 2 once it has begun, and 3 when it
/// has ended.
struct ModelCrew {
    static let seats = 3
    static let data = Crew<ModelWords>.seatsAt + seats * Crew<ModelWords>.seatBytes
    static let tasks = data + 64
    static let bytes = tasks + 64
    /// Where a seat keeps up to which construct the ring is free.
    static let safe = 648

    let execution: Execution
    let thread: ModelThread
    let number: Int
    let size: Int
    private let look = Box<[UInt64]?>(nil)
    var words: ModelWords { execution.words }
    var crew: Crew<ModelWords> { Crew(words, at: 0) }
    var seat: Int { crew.seat(number) }

    init(_ execution: Execution, _ thread: ModelThread, of size: Int, number: Int? = nil) {
        self.execution = execution
        self.thread = thread
        self.number = number ?? thread.index
        self.size = size
    }

    func waiter() -> ModelCrewWaiter { ModelCrewWaiter(execution, thread) }

    // MARK: Data, for what a thread must see of another

    func note(_ value: UInt64) { words.storeRelaxed(value, at: Self.data + 8 * number) }
    func expectNote(_ of: Int, _ value: UInt64, _ when: String) {
        let seen = words.loadRelaxed(Self.data + 8 * of)
        execution.expect(seen == value, "T\(number) sees \(seen) of \(of) \(when)")
    }

    // MARK: Tasks

    func makeTask(_ task: Int, _ generation: UInt64) {
        // The task is there before anybody looks for it.
        words.store(1, at: Self.tasks + 8 * task)
        crew.noteTasks(generation)
    }
    /// One that a task makes.
    func pushTask(_ task: Int) { words.store(1, at: Self.tasks + 8 * task) }
    /// Whoever has just looked whether any are pending does not look again before it waits: the model's
    /// waiter waits for something newer than the last look.
    func runOne(_ count: Int, _ body: (Int) -> Void = { _ in }) -> Bool {
        let seen = look.value
        look.value = nil
        for task in 0..<count {
            let at = Self.tasks + 8 * task
            guard (seen?[task] ?? words.load(at)) == 1 else { continue }
            // Beaten: the caller looks again.
            guard words.compareExchange(1, 2, at: at) == 1 else { return true }
            body(task)
            words.store(3, at: at)
            return true
        }
        return false
    }
    func arePending(_ count: Int) -> Bool {
        let seen = (0..<count).map { words.load(Self.tasks + 8 * $0) }
        look.value = seen
        return seen.contains { $0 == 1 || $0 == 2 }
    }
}
