// SPDX-License-Identifier: Apache-2.0
public import AtollSystem
import Synchronization

/// Why a file was not filled with what was asked for.
public enum PlacedFillError: Error, Sendable, Equatable {
    /// So many bytes have huge pages, and no more could be had.
    case noHugePages(Int)
    case stopped
    case system(Errno)
}

extension PlacedMemory {
    /// Takes every page, in several threads, each on the node whose pages it takes. Call ``set(_:)``
    /// before. Tells now and then how many bytes are there.
    ///
    /// - Parameter huge: pages of 2 MiB, or the fill fails with ``PlacedFillError/noHugePages(_:)``.
    ///   A file of hugetlbfs has its pages without being asked.
    public consuming func fill(
        by rule: NodeRule, huge: Bool, progress: @escaping @Sendable (Int) -> Void,
        goOn: @escaping @Sendable () -> Bool = { true }
    ) throws(PlacedFillError) {
        let bytes = count
        let isPool = pageBytes > 4096
        let shares = Shares(
            rule.runs(bytes: bytes, page: granule(huge)), part: max(pageBytes, 32 << 20))
        let memory = Shared(self)
        let threads = Swift.min(Swift.max(1, Shares.processors), shares.parts.count, 16)
        let failures: [PlacedFillError?]
        do throws(Errno) {
            if huge, !isPool { try memory.advise(.huge, offset: 0, count: bytes) }
            failures = try ThreadGroup.run(threads) { index -> PlacedFillError? in
                shares.work(thread: index, of: threads, on: memory, progress: progress, goOn: goOn)
            }
        } catch { throw .system(error) }
        if let failure = failures.compactMap({ $0 }).first {
            guard huge, failure == .system(.noMemory) || failure == .system(Errno(code: 14)) else {
                throw failure
            }
            throw .noHugePages(memory.hugeBytes)
        }
        if huge, memory.hugeBytes < bytes { throw .noHugePages(memory.hugeBytes) }
    }
}

/// The memory, held by all threads that fill it.
private final class Shared: Sendable {
    private let memory: PlacedMemory

    init(_ memory: consuming PlacedMemory) { self.memory = memory }

    func advise(_ advice: PageAdvice, offset: Int, count: Int) throws(Errno) {
        try memory.mapping.advise(advice, offset: offset, count: count)
    }

    var hugeBytes: Int { memory.pages().filter { $0.key > 4096 }.values.reduce(0, +) }
}

/// The parts of a file, and who takes which.
private final class Shares: Sendable {
    struct Part: Sendable {
        var offset: Int
        var count: Int
        var home: Int?
    }

    struct State {
        /// Parts that nobody has taken yet, by the node where they shall lie.
        var free: [Int?: ArraySlice<Part>]
        var done = 0
        var isOver = false
    }

    let parts: [Part]
    private let state: Mutex<State>

    static var processors: Int { (try? Affinity.allowed().count) ?? 1 }

    init(_ runs: [NodeRun], part: Int) {
        parts = runs.flatMap { run in
            stride(from: 0, to: run.count, by: part).map {
                Part(offset: run.offset + $0, count: min(part, run.count - $0), home: run.home)
            }
        }
        state = Mutex(
            State(free: Dictionary(grouping: parts) { $0.home }.mapValues { $0[...] }))
    }

    func work(
        thread: Int, of threads: Int, on memory: Shared, progress: @Sendable (Int) -> Void,
        goOn: @Sendable () -> Bool
    ) -> PlacedFillError? {
        let homes = Set(parts.compactMap(\.home)).sorted()
        let home = homes.isEmpty ? nil : homes[thread % homes.count]
        // A node without CPUs, or with none for us, is filled from wherever we are. The threads of a
        // program live on after this one's: the first of them is not kept there.
        let before = (try? Affinity.allowed()) ?? []
        if let home { try? Affinity.set(Nodes.cpus(of: home)) }
        defer { if thread == 0, home != nil, !before.isEmpty { try? Affinity.set(before) } }
        while let part = next(near: home) {
            guard goOn() else { return over(.stopped) }
            do throws(Errno) {
                try memory.advise(.populateForWriting, offset: part.offset, count: part.count)
            } catch { return over(.system(error)) }
            let done = state.withLock {
                $0.done += part.count
                return $0.done
            }
            progress(done)
        }
        return nil
    }

    /// A part of this home while there is one, then any.
    private func next(near home: Int?) -> Part? {
        state.withLock { state in
            if state.isOver { return nil }
            if let part = state.free[home]?.popFirst() { return part }
            for other in state.free.keys {
                if let part = state.free[other]?.popFirst() { return part }
            }
            return nil
        }
    }

    private func over(_ error: PlacedFillError) -> PlacedFillError {
        state.withLock { $0.isOver = true }
        return error
    }
}
