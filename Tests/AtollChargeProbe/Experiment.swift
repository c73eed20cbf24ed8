// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollCgroup
import AtollHost
import AtollSystem
import Foundation

/// What is tried in one cgroup tree. Every figure is read from the kernel's own files.
struct Experiment {
    let controller: CgroupController
    let status: ChargeStatus
    let filler: ProgramFiller
    let memory: String
    let size: UInt64

    static let group = "probe"

    /// - Parameter memory: a directory of tmpfs.
    init(parent: String, program: String, memory: String, size: UInt64) async throws {
        guard let setting = CgroupSetting(parent) else { throw Failed("no parent: \(parent)") }
        controller = CgroupController(setting)
        status = await controller.status()
        filler = ProgramFiller(program: program)
        self.memory = memory
        self.size = size
        say("tree: \(status.tree.rawValue); \(status.finding)")
        guard status.tree != .none else { throw Failed(status.finding) }
    }

    var isV2: Bool { status.tree == .v2 }
    var account: String { "\(status.root)/\(Self.group).group" }

    func leaf(_ region: String) -> String { "\(account)/\(region).region" }

    /// Bytes that the kernel charges to the group.
    func usage(_ directory: String) throws -> UInt64 {
        let file = isV2 ? "memory.current" : "memory.usage_in_bytes"
        return try ControlFile.number("\(directory)/\(file)") ?? 0
    }

    /// Of them, pages of shared memory.
    func shared(_ directory: String) throws -> UInt64 {
        let text = try String(contentsOfFile: "\(directory)/memory.stat", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("shmem ") }
        return line?.split(separator: " ").last.flatMap { UInt64($0) } ?? 0
    }

    /// How many processes the kernel has killed for the group's limit, those below counted.
    func kills() throws -> UInt64 {
        let name = isV2 ? "memory.events" : "memory.oom_control"
        var sum: UInt64 = 0
        for directory in [account] + regions().map({ leaf($0) }) {
            let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
            let count = line?.split(separator: " ").last.flatMap { UInt64($0) } ?? 0
            // On v2 the group's own number has those below in it.
            sum = isV2 ? max(sum, count) : sum + count
        }
        return sum
    }

    private func regions() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: account)) ?? []
        return names.filter { $0.hasSuffix(".region") }.map { String($0.dropLast(7)) }
    }

    func limit(_ bytes: UInt64) throws {
        let file = isV2 ? "memory.max" : "memory.limit_in_bytes"
        try ControlFile.write("\(bytes)", to: "\(account)/\(file)")
    }

    func path(_ region: String) -> String { "\(memory)/\(region)" }

    /// Makes the file and fills it in the region's part of the account.
    func fill(_ region: String, bytes: UInt64) async throws(FillError) {
        do {
            let ticket = try await controller.ticket(
                region: region, group: Self.group, pages: .small)
            let file = try OwnedFD(opening: path(region), [.write, .create])
            try file.setSize(bytes)
            try await filler.fill(
                FillOrder(path: path(region), bytes: bytes, ticket: ticket), progress: { _ in })
        } catch let error as FillError {
            throw error
        } catch { throw .failed(operation: "make \(region)", reason: "\(error)") }
    }

    func remove(_ region: String) async throws {
        if FileManager.default.fileExists(atPath: path(region)) { try unlink(path(region)) }
        try await controller.close(region: region, group: Self.group)
    }

    /// A control group that is nobody's account, as a VM's is.
    func other(_ name: String) throws -> String {
        let directory = "\(status.root)/\(name)"
        try makeDirectory(directory, permissions: 0o755)
        return directory
    }
}

struct Failed: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

func expect(_ holds: Bool, _ what: @autoclosure () throws -> String) throws {
    guard holds else { throw Failed(try what()) }
}

/// At once, should this process not come to its end.
func say(_ line: String) { _ = try? AtollSystem.write(Array((line + "\n").utf8)[...], to: 1) }
