// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// Where the agent says what it does: one line a thing.
public final class AgentLog {
    private let descriptor: Int32

    /// To standard error.
    public init() { descriptor = 2 }

    public init(appendingTo path: [UInt8]) throws(Errno) {
        // Open as long as the program runs.
        descriptor = try OwnedFD(appendingTo: path).release()
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// For an agent whose launcher speaks for it.
    public static var silent: AgentLog { AgentLog(descriptor: -1) }

    public func say(_ message: Message) {
        guard descriptor >= 0 else { return }
        let line: Message = "atoll-agent: \(message)\n"
        // A log that cannot be written must not stop the jobs.
        _ = try? write(line.bytes[...], to: descriptor)
    }
}
