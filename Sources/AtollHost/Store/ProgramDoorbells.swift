// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation

/// Has a program of ours, `atoll-doorbell`, serve each region that has a doorbell. It belongs to nobody:
/// a daemon that starts finds it by the file that it holds locked.
public struct ProgramDoorbells: DoorbellServers {
    private let program: String
    private let directory: String

    /// - Parameters:
    ///   - program: the path of `atoll-doorbell`.
    ///   - directory: where sockets are; made if need be. VMs' definitions have its name.
    public init(program: String, directory: String) {
        self.program = program
        self.directory = directory
    }

    private func files(_ object: String) -> DoorbellFiles {
        DoorbellFiles(object, in: directory)
    }

    public func socket(of object: String) -> String { files(object).socket }

    public func isServing(_ object: String) -> Bool { files(object).server()?.object == object }

    public func serve(_ order: DoorbellOrder) async throws(DoorbellError) {
        let files = files(order.object)
        if let other = files.named(), other.object != order.object {
            throw .failed(
                operation: "serve \(files.socket)", reason: "it is the socket of \(other.object)")
        }
        let arguments = [
            program, files.socket, order.object, order.memory, "\(order.bytes)", "\(order.vectors)",
            "\(order.owner.user)", "\(order.owner.group)",
        ]
        let said = try await blocking { () throws(DoorbellError) in
            do throws(Errno) { return try run(arguments) } catch {
                throw .failed(operation: "start \(program)", reason: error.words)
            }
        }
        if said == "ready" || said == "running" { return }
        throw .failed(
            operation: "serve \(files.socket)",
            reason: said.hasPrefix("failed ") ? String(said.dropFirst(7)) : "\(program): \(said)")
    }

    /// The program's word, which it gives when it serves, or not.
    private func run(_ arguments: [String]) throws(Errno) -> String {
        let input = try OwnedFD(opening: "/dev/null", .followsLinks)
        let pipe = try AtollSystem.Pipe()
        let process = try Helper.start(
            arguments.map { Array($0.utf8) }, input: input.raw, output: pipe.writing.raw)
        let output = pipe.closeWriting()
        var bytes: [UInt8] = []
        while true {
            var set = PollSet()
            _ = set.addReading(output.raw)
            set.wait(milliseconds: 60_000)
            do throws(Errno) {
                let more = try output.read(atMost: 4096)
                if more.isEmpty { break }
                bytes += more
            } catch {
                if error != .tryAgain { throw error }
            }
        }
        let status = try Child.reap(process)
        if bytes.isEmpty { return "ended with \(status.shellCode)" }
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }

    @discardableResult
    public func seat(_ seats: [DoorbellSeat], at object: String) throws(DoorbellError) -> Bool {
        let files = files(object)
        let lines = seats.sorted { $0.slot < $1.slot }.map { seat in
            switch seat.holder {
            case .vm(let id): "\(seat.slot) vm \(id.uuidString.lowercased())\n"
            case .process(let number): "\(seat.slot) process \(number)\n"
            }
        }
        let text = lines.joined()
        if let now = try? readFile(files.slots), now == Array(text.utf8) { return false }
        do {
            // QEMU's user passes through, and sees nothing else.
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o711])
        } catch {
            throw .failed(operation: "make \(directory)", reason: "\(error.localizedDescription)")
        }
        do throws(Errno) { try files.write(text, to: files.slots) } catch {
            throw .failed(operation: "write \(files.slots)", reason: error.words)
        }
        return true
    }

    public func connected(to object: String) -> Set<Int> {
        let bytes = (try? readFile(files(object).peers)) ?? []
        return Set(
            bytes.split(separator: 0x0a).compactMap { line in
                decimal(Array(line.prefix { $0 != 0x20 })).map { Int(clamping: $0) }
            })
    }

    public func close(_ object: String) async throws(DoorbellError) {
        let files = files(object)
        // What has the same short name is another region's.
        if let other = files.named(), other.object != object { return }
        let end = ContinuousClock.now + .seconds(5)
        while let server = files.server() {
            guard ContinuousClock.now < end else {
                throw .failed(operation: "end \(files.socket)", reason: "its server goes on")
            }
            // The number is of the process that holds the lock; by its words, lest it was used again.
            let words = (try? readFile("/proc/\(server.process)/cmdline")) ?? []
            if words.split(separator: 0).contains(ArraySlice(files.socket.utf8)) {
                try? Signal.send(Signal.terminate, to: server.process)
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        do throws(Errno) { try files.remove() } catch {
            throw .failed(operation: "remove \(files.socket)", reason: error.words)
        }
    }

    public func objects() -> Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return Set(
            names.filter { $0.hasSuffix(".lock") }.compactMap { name in
                let bytes = (try? readFile("\(directory)/\(name)", limit: 512)) ?? []
                let object = String(decoding: bytes.prefix { $0 != 0x20 }, as: UTF8.self)
                // One that nobody can find again is left to whoever made it.
                return DoorbellFiles(object, in: directory).lock == "\(directory)/\(name)"
                    ? object : nil
            })
    }
}
