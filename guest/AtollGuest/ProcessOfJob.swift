// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// One process of a job, from its start until its end stands on the board.
final class JobProcess {
    let place: JobPlace
    let pid: Int32
    private let board: JobBoard
    private let directory: [UInt8]
    private var ring: OutputRing
    private let outputs: [ProcessOutput]
    /// Of the process that can have one.
    private let input: ProcessInput?
    private var isOpenMP = false
    private var starting: ProcessStarting?
    private var status: WaitStatus?
    private var terminatedAt: UInt64?
    private var signalSeen: UInt64 = 0

    /// How long a process has between SIGTERM and SIGKILL, in nanoseconds.
    private static var patience: UInt64 { 2_000_000_000 }

    /// Starts it. Throws the error to refuse the part with.
    init(_ place: JobPlace, _ board: JobBoard, _ member: Membership, account: Account?)
        throws(Errno)
    {
        let part = board.part(place.ticket, rank: place.rank)
        guard let payload = board.payload(place.ticket),
            let ring = OutputRing(board.region, index: part.ring)
        else { throw .invalidArgument }
        let environment = JobEnvironment(
            place, member, account: account, job: payload.environment)
        let output = try Pipe()
        let error = try Pipe()
        let report = try Pipe()
        var start = ProgramStart(
            arguments: payload.arguments, environment: environment.variables,
            directory: payload.directory,
            fallback: account?.home ?? Invocation.variable("HOME") ?? "/".bytes, account: account)
        let mode = OpenMPMode.of(environment.variables)
        let starter = mode == .never ? nil : OpenMPStarter.path
        if mode == .always, starter == nil {
            // Whole copies would look right, and be none of what was asked for.
            var ring = ring
            let note: Message =
                "atoll: there is no atoll-openmp beside this VM's agent: install it\n"
            _ = ring.write(stream: 2, note.bytes.prefix(ring.maximumText))
            throw .noSuchFile
        }
        if let starter {
            start.arguments = OpenMPStarter.arguments(
                starter, report: report.writing.raw, payload.arguments)
        }
        if starter != nil, place.rank == 0 {
            let pipe = try Pipe(isInput: true)
            pid = try start.start(
                input: pipe.reading.raw, output: output.writing.raw, error: error.writing.raw,
                report: report.writing.raw, keepsReport: true)
            input = ProcessInput(pipe.closeReading())
        } else {
            pid = try start.start(
                output: output.writing.raw, error: error.writing.raw, report: report.writing.raw,
                keepsReport: starter != nil)
            input = nil
        }
        self.place = place
        self.board = board
        self.ring = ring
        directory = payload.directory
        starting = ProcessStarting(report.closeWriting())
        outputs = [
            ProcessOutput(stream: 1, output.closeWriting()),
            ProcessOutput(stream: 2, error.closeWriting()),
        ]
    }

    /// What to wait for.
    var descriptors: [Int32] {
        (starting.map { [$0.descriptor] } ?? []) + outputs.compactMap { $0.descriptor }
    }

    /// What to wait for until it can be written.
    var writingDescriptors: [Int32] { input?.descriptor.map { [$0] } ?? [] }

    /// Whether there is output that the ring has no room for, or input that others bring.
    func isBlocked(now: UInt64) -> Bool {
        outputs.contains { $0.isBlocked } || input?.isLively(now: now) ?? false
    }

    /// What has become of the process.
    enum Progress: Equatable {
        case goesOn
        case refused(Errno)
        case ended(WaitStatus)
    }

    /// Moves everything on that can be moved without waiting.
    func advance() -> Progress {
        if let outcome = starting?.outcome() {
            starting = nil
            if let failure = outcome.failure { return refuse(failure) }
            begin(outcome)
        }
        guard starting == nil else { return .goesOn }
        if status == nil, Child.hasEnded(pid) { collect() }
        for output in outputs { output.pump(into: &ring) }
        input?.pump(place.ticket, on: board, now: MonotonicClock.now())
        guard let status, outputs.allSatisfy({ $0.isDone }) else { return .goesOn }
        _ = board.advance(
            place.ticket, rank: place.rank, from: .running, to: .exited, status: status.raw)
        return .ended(status)
    }

    private func begin(_ outcome: StartReport) {
        isOpenMP = outcome.isOpenMP
        if isOpenMP {
            board.markOpenMP(place.ticket, rank: place.rank)
            // A prompt is no whole line.
            if place.rank == 0 { for output in outputs { output.isRaw = true } }
        } else {
            input?.close()
        }
        _ = board.advance(
            place.ticket, rank: place.rank, from: .wanted, to: .running, pid: UInt32(pid))
        guard let error = outcome.directory else { return }
        let note: Message = "atoll: cannot start in \(directory): \(error); starting at home\n"
        _ = ring.write(stream: 2, note.bytes.prefix(ring.maximumText))
    }

    private func refuse(_ failure: Errno) -> Progress {
        _ = try? Child.reap(pid)
        _ = board.advance(
            place.ticket, rank: place.rank, from: .wanted, to: .refused,
            status: UInt32(failure.code))
        return .refused(failure)
    }

    /// Ends what the process leaves behind, then collects it: until then its number is its own.
    private func collect() {
        send(Signal.kill)
        status = (try? Child.reap(pid)) ?? .killed(by: Signal.kill)
        input?.close()
        for output in outputs { output.processEnded() }
    }

    /// To the process and all that it started, as far as they stayed in its group.
    private func send(_ signal: Int32) {
        guard status == nil else { return }
        do { try Signal.send(signal, to: -pid) } catch {
            // It has no group of its own yet.
            _ = try? Signal.send(signal, to: pid)
        }
    }

    /// Passes on a signal that the launcher asked for since the last call.
    func passSignal() {
        guard starting == nil else { return }
        let (sequence, number) = board.signal(place.ticket)
        guard sequence != signalSeen else { return }
        signalSeen = sequence
        // Of an OpenMP program, the first process is the program.
        if number > 0, number < 32, !isOpenMP || place.rank == 0 { send(number) }
    }

    /// Asks it to end; later calls make it.
    func stop(now: UInt64) {
        guard let since = terminatedAt else {
            terminatedAt = now
            return send(Signal.terminate)
        }
        if now - since >= Self.patience { send(Signal.kill) }
    }

    func kill() { send(Signal.kill) }

    /// Nobody will read the output any more.
    func discardOutput() { for output in outputs { output.discard() } }
}
