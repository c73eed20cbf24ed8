// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// One job, from its posting to its exit code.
struct Launcher {
    private let place: RunPlace
    private let options: RunOptions
    private let names: [[UInt8]]
    private let board: JobBoard
    private var launch: JobLaunch
    private var printer: Printer
    private var failure: Int32?
    private var isLost = false
    /// VMs that are not lost.
    private var left: Int
    private var interrupts = 0
    private var isGivenUp = false
    private var isDraining = false
    private var stuck: StuckWatch
    private var isReported = false
    private var input = RunInput()

    init(_ options: RunOptions, _ program: RunProgram, at place: RunPlace) throws(RunError) {
        self.options = options
        self.place = place
        let region = place.region
        let records = try place.members(options.vms).map { (slot: $0, record: region.member($0)) }
        names = records.map { $0.record.name }
        left = records.count
        printer = Printer(names: names, hasPrefix: options.hasPrefix)
        board = JobBoard(region)
        let request = JobRequest(
            payload: JobPayload(
                directory: options.directory, arguments: options.program,
                environment: program.environment),
            members: records.map { (slot: $0.slot, incarnation: $0.record.incarnation) },
            threadsPerVM: options.threadsPerVM, survivesLoss: options.survivesLoss)
        let launcher = JobLauncher(
            slot: place.slot, incarnation: place.incarnation,
            leaseMilliseconds: UInt64(options.leaseSeconds) * 1000)
        do {
            launch = try JobLaunch(request, on: board, from: launcher, now: MonotonicClock.now())
        } catch { throw RunError(Self.message(error)) }
        stuck = StuckWatch(
            region, job: launch.ticket.number,
            bound: UInt64(options.stuckSeconds) * 1_000_000_000)
    }

    /// The signals that a launcher reads. To be made before anything that they would leave half done.
    static func inbox() throws(RunError) -> SignalInbox {
        var signals = [
            Signal.interrupt, Signal.terminate, Signal.quit, Signal.user1, Signal.user2,
            Signal.terminalStop, Signal.terminalInput,
        ]
        // Read, it would be passed on, against the wish of whoever had it ignored.
        if !Signal.isIgnored(Signal.hangUp) { signals.append(Signal.hangUp) }
        do { return try SignalInbox(signals) } catch {
            throw RunError("cannot read signals: \(error)")
        }
    }

    /// Waits for the job's end, printing its output. Gives the exit code.
    consuming func run(_ inbox: borrowing SignalInbox) -> Int32 {
        var pause = 1
        // Rounds in which nothing came.
        var quiet = 0
        while !isGivenUp {
            while let signal = inbox.next() { take(signal) }
            checkRegion()
            let isBusy = step()
            printer.flush()
            if launch.isOver, printer.isEmpty {
                if isReported || !options.hasReport { break }
                report()
                continue
            }
            quiet = isBusy || input.isBlocked ? 0 : quiet + 1
            // After about two seconds nothing is expected soon.
            pause = isBusy ? 0 : min(input.isBlocked ? 1 : quiet < 200 ? 10 : 50, pause + 1)
            var poll = PollSet()
            _ = poll.addReading(inbox.descriptor)
            for descriptor in printer.descriptors { _ = poll.addWriting(descriptor) }
            let reading = input.descriptor(now: MonotonicClock.now()).map { poll.addReading($0) }
            poll.wait(milliseconds: pause)
            input.advance(
                isReady: reading.map { poll.isReady($0) } ?? false, now: MonotonicClock.now())
        }
        launch.finish()
        return isLost ? ExitCode.vmLost : failure ?? 0
    }

    /// Before the job's slot is given back: its objects go with it.
    private mutating func report() {
        isReported = true
        let job = launch.ticket.number
        if launch.isOpenMP, let report = place.region.openMP(job: job) {
            let text = RunOpenMPReport(report, names: names)
            if options.hasJSON { return printer.print(text.json) }
            for line in text.lines { printer.say(line) }
            return
        }
        for line in RunReport(place.region, job: launch.ticket.number).lines { printer.say(line) }
    }

    /// Takes what the job has to say. `true` where there may be more at once.
    private mutating func step() -> Bool {
        if printer.isClosed, failure == nil {
            // As a program ends that writes to a pipe nobody reads.
            failure = 128 + Signal.brokenPipe
            launch.stop()
        }
        guard printer.hasRoom else {
            board.beat(launch.ticket)
            return false
        }
        let events = launch.poll(now: MonotonicClock.now())
        for event in events { take(event) }
        for sentence in stuck.look(now: MonotonicClock.now(), names: names) {
            printer.say(sentence)
        }
        return !events.isEmpty
    }

    private mutating func take(_ event: LaunchEvent) {
        switch event {
        case .output(let rank, let stream, let text):
            printer.take(rank: rank, stream: stream, text)
        case .beganOpenMP(let rank):
            // What it says is what the program would say on one machine.
            printer.showRaw(rank: rank)
            if rank == 0 { input.begin(launch.ticket, on: board) }
        case .exited(let rank, let status): exited(rank, WaitStatus(raw: status))
        case .refused(let rank, let errno):
            let error = Errno(code: Int32(truncatingIfNeeded: errno))
            printer.say("\(names[rank]): cannot start \(options.program[0]): \(error)")
            failure =
                failure
                ?? (error == .noSuchFile ? ExitCode.notFound : ExitCode.cannotStart)
        case .lost(let rank):
            printer.finish(rank: rank)
            left -= 1
            if options.survivesLoss, left > 0, !launch.isOpenMP {
                printer.say("VM \(names[rank]) was lost while the job ran; the others go on")
            } else {
                printer.say("VM \(names[rank]) was lost while the job ran; the job was ended")
                isLost = true
            }
        case .silent(let rank):
            printer.finish(rank: rank)
            printer.say(
                "VM \(names[rank]) has been silent for \(options.leaseSeconds) s; the job was ended"
            )
            isLost = true
        case .withdrawn(let rank):
            printer.finish(rank: rank)
            if failure == nil {
                printer.say(
                    "this launcher was silent for \(options.leaseSeconds) s; the job was ended")
            }
            failure = failure ?? ExitCode.launcherFailed
        case .corrupt(let rank, _):
            printer.say("the output of VM \(names[rank]) was overwritten; the job was ended")
            failure = failure ?? ExitCode.launcherFailed
        }
    }

    private mutating func exited(_ rank: Int, _ status: WaitStatus) {
        printer.finish(rank: rank)
        if launch.isOpenMP {
            if rank == 0 { programEnded(status) }
            return
        }
        guard status.shellCode != 0, failure == nil else { return }
        failure = status.shellCode
        guard interrupts == 0, !isDraining, !isLost, names.count > 1 else { return }
        if let signal = status.signal {
            printer.say("\(names[rank]): ended by \(Signal.text(signal)); the job was ended")
        } else {
            printer.say("\(names[rank]): exit code \(status.shellCode); the job was ended")
        }
    }

    /// As a shell would say it of a program on one machine, and where it was.
    private mutating func programEnded(_ status: WaitStatus) {
        guard failure == nil else { return }
        failure = status.shellCode
        guard let signal = status.signal, Signal.isWorthSaying(signal), interrupts == 0,
            !isDraining, !isLost
        else { return }
        let name = names[launch.rank(endedBy: signal)]
        printer.say("the program was ended by \(Signal.text(signal)) in VM \(name)")
    }

    private mutating func take(_ signal: Int32) {
        switch signal {
        // A stopped launcher would seem dead to the agents.
        case Signal.terminalStop, Signal.terminalInput: return
        case Signal.user1, Signal.user2: return launch.send(signal: signal)
        default: break
        }
        interrupts += 1
        if interrupts == 1 || signal != Signal.interrupt {
            launch.send(signal: signal)
        } else if interrupts == 2 {
            launch.stop()
        } else {
            failure = failure ?? 128 + signal
            isGivenUp = true
        }
    }

    private mutating func checkRegion() {
        guard !isDraining, place.region.state != .ready else { return }
        isDraining = true
        let isGone = place.region.state == .absent
        printer.say(
            isGone
                ? "the region was unplugged; the job was ended"
                : "the host wants the region back; the job was ended")
        failure = failure ?? ExitCode.launcherFailed
        launch.stop()
    }

    private static func message(_ error: JobBoardError) -> Message {
        switch error {
        case .boardFull(let slots):
            "the region runs \(slots) jobs already, which is all it has room for: wait for one to end"
        case .ringsExhausted(let needed):
            "the region has no room for the output of \(needed) more processes: wait for a job to end, ask for fewer VMs, or use a larger region"
        case .payloadTooLarge(let bytes, let available):
            "arguments and environment take \(bytes) bytes and the region has room for \(available): pass long ones in a file"
        case .badPayload: "an argument holds a NUL byte"
        }
    }
}
