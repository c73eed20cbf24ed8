// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollAccounts
import AtollClient
import UnixSignals

/// One job from its start to its exit code, with the signals that reach this process meanwhile.
actor JobSession {
    private let client: AtollClient
    private let group: String
    private var printer: JobPrinter
    private var job: UInt64?
    /// The signal that is to stop the job, once one has.
    private var stoppedBy: UnixSignal?
    /// Brings this process's standard input to the job, once that turns out to read it.
    private var input: Task<Void, any Error>?

    init(client: AtollClient, group: String, printer: JobPrinter) {
        self.client = client
        self.group = group
        self.printer = printer
    }

    /// Runs the job and gives what to exit with.
    func run(_ spec: JobSpec) async throws -> Int {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let status: Int? = try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await self.follow(spec) }
            tasks.addTask { try await self.pass(signals) }
            // Whichever ends first decides: the job by its last event, or a signal that stops it.
            // Leaving the stream hangs up, and that stops the job.
            defer {
                tasks.cancelAll()
                input?.cancel()
            }
            return try await tasks.next() ?? nil
        }
        if let stoppedBy { return JobStatus.ended(bySignal: Int(stoppedBy.rawValue)) }
        guard let status else {
            throw APIError(
                code: .daemonFailed, message: "the job's events ended before the job did",
                value: group, remedy: "the daemon's log may say why")
        }
        return status
    }

    /// An OpenMP program reads what this process is given. No faster than it does: each part waits for
    /// room.
    private func beginInput() {
        guard input == nil, let job else { return }
        let (client, group) = (client, group)
        input = Task {
            for await data in StandardInput.parts {
                try await client.writeInput(data, end: data.isEmpty, job: job, in: group)
            }
        }
    }

    private func follow(_ spec: JobSpec) async throws -> Int? {
        for try await event in try await client.run(spec, in: group) {
            if case .started(let job) = event { self.job = job.id }
            if case .openMP = event { beginInput() }
            try printer.show(event)
            if case .finished(let status, _) = event { return status }
        }
        return nil
    }

    /// Passes the first signal on to the job's processes; the second one ends the wait.
    private func pass(_ signals: UnixSignalsSequence) async throws -> Int? {
        var passed = false
        for await signal in signals {
            guard let job, !passed else {
                stoppedBy = signal
                return nil
            }
            passed = true
            try await send(signal, to: job)
        }
        return nil
    }

    private func send(_ signal: UnixSignal, to job: UInt64) async throws(APIError) {
        do {
            try await client.signalJob(job, in: group, signal: Int(signal.rawValue))
        } catch  where error.code == .noSuchJob {
            // It has just ended by itself: its last event is on the way.
        }
    }
}
