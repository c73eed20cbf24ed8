// SPDX-License-Identifier: Apache-2.0
public import AtollSync

/// One execution of a scenario, which says in it what its threads do. A scenario must do the same
/// each time: all that may vary is the model's to choose.
public struct Execution {
    let engine: Engine

    public var words: ModelWords { ModelWords(engine, start: 0, count: engine.bytes) }
    public var liveness: ModelLiveness { ModelLiveness(engine: engine) }

    /// - Parameter mortal: whether the model may end it at any step.
    public func thread(mortal: Bool = true, _ body: @escaping (ModelThread) -> Void) {
        engine.addThread(mortal: mortal, body)
    }

    /// Runs when all threads have ended or died: alone, and seeing everything.
    public func finally(_ body: @escaping () -> Void) { engine.closing = body }

    /// Whether a thread, by the order in which they were named, has died.
    public func hasDied(_ thread: Int) -> Bool { engine.threads[thread].state == .dead }
    public func owner(_ thread: Int) -> Owner { Engine.owner(thread) }

    /// What must be true. The first that is not ends the exploration.
    public func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { engine.fail(what()) }
    }
}
