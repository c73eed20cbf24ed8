// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Shows a job's events: what the processes wrote on the output they wrote it to, the rest on
/// stderr.
struct JobPrinter {
    enum Style: Sendable {
        /// Each line after its VM's name.
        case prefixed
        /// The bytes as they came.
        case plain
        /// Each event as one line of JSON.
        case json
    }

    let style: Style
    /// Whether the two outputs are terminals that shall not obey what a job writes.
    private let isGuarded: (out: Bool, error: Bool)
    private var shown: [Source: Visible] = [:]
    /// Of the longest VM name, so that what is written starts in one column.
    private var width = 0
    /// VMs with a part of an OpenMP program: one program, whose bytes come as on one machine.
    private var plain: Set<String> = []

    private struct Source: Hashable {
        let vm: String
        let isError: Bool
    }

    /// - Parameter isRaw: terminals obey what the job's processes write.
    init(
        style: Style, isRaw: Bool = false,
        terminals: (out: Bool, error: Bool) = (Console.out.isTerminal, Console.error.isTerminal)
    ) {
        self.style = style
        isGuarded = isRaw ? (false, false) : terminals
    }

    mutating func show(
        _ event: JobEvent, out: (Data) throws -> Void = Console.out.write,
        error: (Data) throws -> Void = Console.error.write
    ) throws {
        func say(_ text: String) throws { try error(Data("atoll: \(text.printable)\n".utf8)) }

        if style == .json {
            let data = try Wire.encode(event)
            return try out((isGuarded.out ? data.visibleJSON : data) + Data("\n".utf8))
        }
        switch event {
        case .started(let job):
            width = job.vms.map(\.printable.count).max() ?? 0
        case .output(let vm, let stream, let data):
            let text = text(data, vm, stream)
            try stream == .stdout ? out(text) : error(text)
        case .openMP(let vm):
            plain.insert(vm)
        case .exited(let vm, _), .refused(let vm, _):
            // What matters of these comes again as the reason why the job is over.
            for isError in [false, true] {
                guard let rest = shown[Source(vm: vm, isError: isError)]?.end(), !rest.isEmpty
                else { continue }
                try isError ? error(rest) : out(rest)
            }
        case .lost(let vm):
            try say("\(vm): the VM is lost")
        case .report(let objects, let openMP):
            // A program's own objects, in its memory, have no names.
            let lines = openMP.map(OpenMPTable.lines) ?? TopTable.report(objects)
            for line in lines { try say(line) }
        case .finished(_, let reason):
            if let reason { try say(reason) }
        }
    }

    /// What to write of a process's output.
    private mutating func text(_ data: Data, _ vm: String, _ stream: AtollAPI.OutputStream) -> Data
    {
        let isPlain = style == .plain || plain.contains(vm)
        guard stream == .stdout ? isGuarded.out : isGuarded.error else {
            return isPlain ? data : prefixed(data, vm)
        }
        // Or else a line could be made to look like another VM's.
        let again = isPlain ? Data() : prefix(vm)
        let text = shown[Source(vm: vm, isError: stream == .stderr), default: Visible()]
            .show(data, afterReturn: again)
        return isPlain || text.isEmpty ? text : prefixed(text, vm)
    }

    private func prefix(_ vm: String) -> Data {
        Data("\(vm.printable): ".padded(to: width + 2).utf8)
    }

    /// Every line with the VM's name before it and its end after it, so that the next one, from
    /// another VM perhaps, starts on a line of its own.
    private func prefixed(_ data: Data, _ vm: String) -> Data {
        let prefix = prefix(vm)
        let newline = UInt8(ascii: "\n")
        var result = Data()
        for line in data.split(separator: newline, omittingEmptySubsequences: false) {
            result += prefix + line + [newline]
        }
        // What ends with a newline splits into one empty line too many.
        if data.last == newline { result.removeLast(prefix.count + 1) }
        return result
    }
}
