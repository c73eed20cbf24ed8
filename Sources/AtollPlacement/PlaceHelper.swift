// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Runs `atoll-place` and reads its answer.
public struct PlaceHelper: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// The one that was installed, or built, with this process's program.
    public static func beside(_ program: String) -> PlaceHelper {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return PlaceHelper(
            path: URL(filePath: own ?? program).deletingLastPathComponent()
                .appending(path: "atoll-place").path)
    }

    /// How it ended.
    struct Ending: Sendable {
        var lines: [[Substring]] = []
        /// Exit code, or 128 and the signal.
        var code: Int32
        /// Whether it said that it had come to its end.
        var isWhole: Bool { code == 0 && lines.last?.first == "end" }

        func number(_ word: Substring) -> UInt64? {
            lines.last { $0.first == word && $0.count == 2 }.flatMap { UInt64($0[1]) }
        }
    }

    /// Throws the words of what kept it from starting. Cancelled, it ends early.
    func run(
        _ arguments: [String], progress: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) async throws -> Ending {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: path)
        process.arguments = ["--tied"] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let isOver = Once()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Blocked for as long as the helper works, which can be minutes.
                Thread.detachNewThread {
                    let lines = Self.read(output.fileHandleForReading, progress: progress)
                    process.waitUntilExit()
                    isOver.run { try? input.fileHandleForWriting.close() }
                    let code =
                        process.terminationReason == .exit
                        ? process.terminationStatus : 128 + process.terminationStatus
                    continuation.resume(returning: Ending(lines: lines, code: code))
                }
            }
        } onCancel: {
            isOver.run { try? input.fileHandleForWriting.close() }
        }
    }

    /// All lines but those that only say how far it is.
    private static func read(_ file: FileHandle, progress: (UInt64) -> Void) -> [[Substring]] {
        var lines: [[Substring]] = []
        var rest = Data()
        while let more = try? file.read(upToCount: 64 << 10), !more.isEmpty {
            rest += more
            while let end = rest.firstIndex(of: 0x0a) {
                let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
                rest = Data(rest[(end + 1)...])
                if words.first == "done", words.count == 2, let bytes = UInt64(words[1]) {
                    progress(bytes)
                } else if lines.count < 4096 {
                    lines.append(words)
                }
            }
        }
        return lines
    }
}

/// Does something the first time only, whoever asks.
private final class Once: Sendable {
    private let isDone = Mutex(false)

    func run(_ body: () -> Void) {
        isDone.withLock {
            if !$0 { body() }
            $0 = true
        }
    }
}
