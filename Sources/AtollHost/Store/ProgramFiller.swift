// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollSystem
import Synchronization

/// Has a program of ours, `atoll-fill`, take the memory: a process of its own can join an account, and
/// a kernel that is out of memory kills it and nobody else.
public struct ProgramFiller: RegionFiller {
    private let program: String

    /// - Parameter program: the path of `atoll-fill`.
    public init(program: String) { self.program = program }

    public func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        let input = HeldPipe()
        let arguments = arguments(order)
        let result: Result<Void, FillError> = await withTaskCancellationHandler {
            // It lasts for seconds: on no thread of Swift's pool.
            let words = arguments.map { Array($0.utf8) }
            do throws(FillError) {
                return .success(
                    try await blocking { () throws(FillError) in
                        try run(words, order, input, progress)
                    })
            } catch { return .failure(error) }
        } onCancel: {
            input.close()
        }
        try result.get()
    }

    private func arguments(_ order: FillOrder) -> [String] {
        var words = [program, order.path, "\(order.bytes)", "pages=\(order.pages.rawValue)"]
        words.append("reserve=\(order.reserve)")
        for file in order.ticket?.joins ?? [] { words.append("join=\(file)") }
        for wall in order.ticket?.walls ?? [] {
            let files = [wall.limit, wall.usage] + (wall.stat.map { [$0] } ?? [])
            words.append("wall=\(files.joined(separator: ":"))")
        }
        return words
    }
}

/// The end of the program's input that this process holds: closing it ends the program.
private final class HeldPipe: Sendable {
    private let end = Mutex<(isClosed: Bool, descriptor: Int32?)>((false, nil))

    var isClosed: Bool { end.withLock { $0.isClosed } }

    func hold(_ descriptor: consuming OwnedFD) {
        let raw = descriptor.release()
        let isLate = end.withLock { state in
            if state.isClosed { return true }
            state.descriptor = raw
            return false
        }
        if isLate { _ = OwnedFD(taking: raw) }
    }

    func close() {
        let raw = end.withLock { state in
            defer { state = (true, nil) }
            return state.descriptor
        }
        if let raw { _ = OwnedFD(taking: raw) }
    }
}

private func run(
    _ arguments: [[UInt8]], _ order: FillOrder, _ input: HeldPipe,
    _ progress: @Sendable (UInt64) -> Void
) throws(FillError) {
    guard !input.isClosed else { throw .cancelled }
    let pid: Int32
    let output: OwnedFD
    do throws(Errno) {
        let toProgram = try Pipe(isInput: true)
        let fromProgram = try Pipe()
        pid = try Helper.start(
            arguments, input: toProgram.reading.raw, output: fromProgram.writing.raw)
        input.hold(toProgram.closeReading())
        output = fromProgram.closeWriting()
    } catch {
        throw .failed(
            operation: "start \(String(decoding: arguments[0], as: UTF8.self))", reason: error.words
        )
    }
    defer { input.close() }
    let said = listen(to: output, progress)
    let status = try? Child.reap(pid)
    if status?.exitCode == 0, said == nil { return }
    // The kernel chose it, as it was asked to: its account, or the host, had no page left.
    if status?.signal == Signal.kill {
        throw .overQuota(needed: order.bytes, available: 0)
    }
    throw said
        ?? .failed(
            operation: "fill \(order.path)",
            reason: "the filler ended with \(status.map { "\($0.shellCode)" } ?? "no word")")
}

/// Reads the program's lines to their end; why it failed, if it says so.
private func listen(to output: borrowing OwnedFD, _ progress: @Sendable (UInt64) -> Void)
    -> FillError?
{
    var rest: [UInt8] = []
    var failure: FillError?
    while true {
        var set = PollSet()
        _ = set.addReading(output.raw)
        set.wait(milliseconds: 60_000)
        let bytes: [UInt8]
        do throws(Errno) { bytes = try output.read(atMost: 4096) } catch {
            if error == .tryAgain { continue }
            return failure
        }
        if bytes.isEmpty { return failure }
        rest += bytes
        while let end = rest.firstIndex(of: 0x0a) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest.removeSubrange(...end)
            if words.count == 2, words[0] == "done", let count = UInt64(words[1]) {
                progress(count)
            } else if words.first == "failed" {
                failure = FillError(words.dropFirst().map { String($0) })
            }
        }
    }
}

extension FillError {
    /// From the words of `atoll-fill` after `failed`.
    init(_ words: [String]) {
        let numbers = words.dropFirst().compactMap { UInt64($0) }
        switch words.first {
        case "over-quota" where numbers.count == 2:
            self = .overQuota(needed: numbers[0], available: numbers[1])
        case "no-memory" where numbers.count == 2:
            self = .noMemory(needed: numbers[0], available: numbers[1])
        case "no-huge-pages" where numbers.count == 2:
            self = .noHugePages(needed: numbers[0], available: numbers[1])
        case "cancelled": self = .cancelled
        case "errno" where numbers.count >= 1:
            self = .failed(
                operation: words.dropFirst(2).joined(separator: " "),
                reason: Errno(code: Int32(truncatingIfNeeded: numbers[0])).words)
        default:
            self = .failed(operation: "fill the region", reason: words.joined(separator: " "))
        }
    }
}
