// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation
import Synchronization

/// The daemon as it was built, with a ledger and a socket of its own, and the command line that
/// speaks with it.
final class Daemon: Sendable {
    /// How long this daemon's jobs outlive a silent launcher. Short, since tests wait for it; long
    /// enough for an emulated VM on a machine that does something else at the moment.
    static let lease = Duration.seconds(5)

    let lab: Lab
    let directory: String
    private let program = Mutex<Program?>(nil)
    private let fate = Mutex<Step?>(nil)

    init(_ lab: Lab) throws {
        self.lab = lab
        directory = "\(lab.directory)/daemon-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(
            atPath: directory + "/bin", withIntermediateDirectories: true)
        // The sources may lie where another user cannot look.
        try FileManager.default.copyItem(
            atPath: Self.built("atoll"), toPath: directory + "/bin/atoll")
    }

    private static func built(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/debug/\(name)").path
    }

    var socket: String { directory + "/socket" }

    // MARK: Its life

    /// Starts it; with a step it dies there, as if by SIGKILL.
    func launch(dyingAt step: Step? = nil) throws {
        let command = [
            Self.built("atolld"), "--socket", socket, "--state-directory", directory + "/state",
            "--job-lease", "\(Self.lease.components.seconds)s", "--log-level", "debug",
        ]
        let environment = step.map { ["ATOLL_KILL_AT": $0.rawValue] } ?? [:]
        let program = try Program(command, environment: environment)
        self.program.withLock { $0 = program }
        fate.withLock { $0 = step }
    }

    /// Starts it where a test that failed has left none, or one that is to die.
    func heal() async throws {
        let isWell = fate.withLock { $0 == nil } && program.withLock { $0?.hasEnded == false }
        if isWell { return }
        send(SIGKILL)
        try await ended()
        try await start()
    }

    /// Starts it and waits until it is ready: it has settled what an earlier one left.
    func start(dyingAt step: Step? = nil) async throws {
        try launch(dyingAt: step)
        try await ready()
    }

    func ready() async throws {
        try await eventually("atolld is ready; its log: \(log)") {
            if program.withLock({ $0?.hasEnded != false }) {
                throw LabError("atolld ended: \(log)")
            }
            return try await isReady()
        }
    }

    private func isReady() async throws -> Bool {
        let probe = try Program([
            "/usr/bin/curl", "--silent", "--fail", "--unix-socket", socket,
            "http://localhost/readyz",
        ])
        return try await probe.ending().code == 0
    }

    /// What it has logged since its last start.
    var log: String { program.withLock { $0?.err ?? "" } }

    func send(_ signal: Int32) { program.withLock { $0 }?.send(signal) }

    /// Waits for its end; gives its exit code, 137 for one that was killed.
    @discardableResult
    func ended() async throws -> Int {
        guard let program = program.withLock({ $0 }) else { return 0 }
        return try await program.ending().code
    }

    /// Ends it, however it stands.
    func cleanUp() async {
        send(SIGCONT)
        send(SIGTERM)
        do { try await ended() } catch { send(SIGKILL) }
    }

    // MARK: The command line

    /// Starts `atoll` with these arguments, as another user perhaps.
    func atoll(_ arguments: [String], as user: UInt32? = nil) throws -> Program {
        let setpriv = user.map {
            ["/usr/bin/setpriv", "--reuid", "\($0)", "--regid", "\($0)", "--clear-groups"]
        }
        let command = (setpriv ?? []) + [directory + "/bin/atoll"] + arguments
        return try Program(command, environment: ["ATOLL_SOCKET": socket], directory: directory)
    }

    /// Runs `atoll`; it must succeed.
    @discardableResult
    func order(_ arguments: String..., user: UInt32? = nil) async throws -> Program.Ending {
        let ending = try await atoll(arguments, as: user).ending()
        guard ending.code == 0 else {
            throw LabError(
                "atoll \(arguments.joined(separator: " ")): \(ending.code), \(ending.errorText)")
        }
        return ending
    }

    /// What `atoll --json` answers.
    func ask<Answer: Decodable>(
        _ type: Answer.Type, _ arguments: String..., user: UInt32? = nil
    ) async throws -> Answer {
        let ending = try await atoll(arguments + ["--json"], as: user).ending()
        guard ending.code == 0 else {
            throw LabError(
                "atoll \(arguments.joined(separator: " ")): \(ending.code), \(ending.errorText)")
        }
        return try Wire.decode(type, from: ending.out)
    }

    /// Why `atoll` refuses; it must.
    func refusal(
        _ arguments: String..., user: UInt32? = nil
    ) async throws -> (error: APIError, code: Int) {
        try await refusal(arguments, user: user)
    }

    func refusal(
        _ arguments: [String], user: UInt32? = nil
    ) async throws -> (error: APIError, code: Int) {
        // What follows `--` is the program's.
        var words = arguments
        words.insert("--json", at: words.firstIndex(of: "--") ?? words.endIndex)
        let ending = try await atoll(words, as: user).ending()
        guard ending.code != 0 else {
            throw LabError(
                "atoll \(arguments.joined(separator: " ")) was not refused: \(ending.text)")
        }
        let error = try Wire.decode(ErrorBody.self, from: ending.err).error
        return (error, ending.code)
    }

    func group(_ name: String = "g") async throws -> Group {
        try await ask(Group.self, "group", "show", name)
    }

    func member(_ vm: String, of group: String = "g") async throws -> Member {
        guard let member = try await self.group(group).members.first(where: { $0.vm == vm }) else {
            throw LabError("group \(group) has no member \(vm)")
        }
        return member
    }

    /// Waits until these have joined every region of the group.
    func joined(_ vms: [String], of group: String = "g") async throws {
        try await eventually("\(vms) have joined group \(group); the log: \(log)") {
            try await self.group(group).regions.allSatisfy { region in
                vms.allSatisfy { vm in
                    region.attachments.contains { $0.vm == vm && $0.state == .joined }
                }
            }
        }
    }

    /// What has happened to the group so far; nothing of earlier ones that had its name.
    func events(of group: String = "g") async throws -> [Event] {
        let all = try await order("events", "--group", group, "--json").lines
            .map { try Wire.decode(Event.self, from: Data($0.utf8)) }
        return Array(all[(all.lastIndex { $0.kind == "group.created" } ?? 0)...])
    }
}
