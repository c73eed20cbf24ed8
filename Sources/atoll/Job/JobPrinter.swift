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
    /// Of the longest VM name, so that what is written starts in one column.
    private var width = 0
    /// VMs with a part of an OpenMP program: one program, whose bytes come as on one machine.
    private var plain: Set<String> = []

    init(style: Style) { self.style = style }

    mutating func show(
        _ event: JobEvent, out: (Data) throws -> Void = Console.out.write,
        error: (Data) throws -> Void = Console.error.write
    ) throws {
        func say(_ text: String) throws { try error(Data("atoll: \(text.printable)\n".utf8)) }

        if style == .json { return try out(Wire.encode(event) + Data("\n".utf8)) }
        switch event {
        case .started(let job):
            width = job.vms.map(\.printable.count).max() ?? 0
        case .output(let vm, let stream, let data):
            let data = style == .plain || plain.contains(vm) ? data : prefixed(data, vm)
            try stream == .stdout ? out(data) : error(data)
        case .openMP(let vm):
            plain.insert(vm)
        case .exited, .refused:
            // What matters of these comes again as the reason why the job is over.
            break
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

    /// Every line with the VM's name before it and its end after it, so that the next one, from
    /// another VM perhaps, starts on a line of its own.
    private func prefixed(_ data: Data, _ vm: String) -> Data {
        let prefix = Data("\(vm.printable): ".padded(to: width + 2).utf8)
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
