// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSystem

/// Mixes the output of several processes line by line, each marked with its VM's name, and writes it
/// without ever waiting for a slow reader.
struct Printer {
    private var prefixes: [[UInt8]]
    /// Ranks whose bytes are printed as they come, without waiting for the end of a line.
    private var isRaw: [Bool]
    /// Begun lines, by rank and stream.
    private var begun: [[UInt8]]
    private var queues: [OutputQueue] = [OutputQueue(descriptor: 1), OutputQueue(descriptor: 2)]

    /// A line longer than this is printed in parts, with others' lines between them perhaps.
    private static var longestLine: Int { 8 << 20 }
    /// More than this is not held here: the rings then fill, and the processes wait.
    private static var enough: Int { 1 << 20 }

    init(names: [[UInt8]], hasPrefix: Bool) {
        let widest = names.map { $0.count }.max() ?? 0
        prefixes = names.map { name in
            guard hasPrefix else { return [] }
            let padding = [UInt8](repeating: 0x20, count: widest - name.count)
            return Message.printable(name) + [0x3a, 0x20] + padding
        }
        begun = Array(repeating: [], count: 2 * names.count)
        isRaw = names.map { _ in false }
    }

    /// From now on.
    mutating func showRaw(rank: Int) {
        prefixes[rank] = []
        isRaw[rank] = true
    }

    mutating func take(rank: Int, stream: UInt8, _ text: [UInt8]) {
        if isRaw[rank] { return queues[Int(stream) - 1].add(text) }
        let place = 2 * rank + Int(stream) - 1
        begun[place] += text
        guard let end = begun[place].lastIndex(of: 0x0a) else {
            if begun[place].count > Self.longestLine { finish(rank: rank) }
            return
        }
        put(rank, stream, begun[place][...end])
        begun[place].removeSubrange(...end)
    }

    /// No more will come from the rank: prints what it left without an end of line.
    mutating func finish(rank: Int) {
        for stream: UInt8 in 1...2 {
            let place = 2 * rank + Int(stream) - 1
            guard !begun[place].isEmpty else { continue }
            let end: [UInt8] = prefixes[rank].isEmpty ? [] : [0x0a]
            put(rank, stream, (begun[place] + end)[...])
            begun[place] = []
        }
    }

    /// A sentence of the launcher's own.
    mutating func say(_ message: Message) {
        let line: Message = "atoll-run: \(message)\n"
        queues[1].add(line.bytes)
    }

    /// The same without a name before it, for programs.
    mutating func print(_ message: Message) { queues[1].add(message.bytes + [0x0a]) }

    private mutating func put(_ rank: Int, _ stream: UInt8, _ lines: ArraySlice<UInt8>) {
        let queue = Int(stream) - 1
        guard !prefixes[rank].isEmpty else { return queues[queue].add(Array(lines)) }
        var rest = lines
        while let end = rest.firstIndex(of: 0x0a) {
            queues[queue].add(prefixes[rank] + rest[...end])
            rest = rest[(end + 1)...]
        }
    }

    var hasRoom: Bool { queues.allSatisfy { $0.count < Self.enough } }
    var isEmpty: Bool { queues.allSatisfy { $0.count == 0 } }
    /// Nobody reads standard output any more.
    var isClosed: Bool { queues[0].isClosed }
    var descriptors: [Int32] { queues.filter { $0.count > 0 }.map { $0.descriptor } }

    mutating func flush() { for queue in queues.indices { queues[queue].flush() } }
}

/// Bytes on their way to a descriptor that may be slow.
private struct OutputQueue {
    let descriptor: Int32
    private var bytes: [UInt8] = []
    private var written = 0
    private(set) var isClosed = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    var count: Int { bytes.count - written }

    mutating func add(_ more: [UInt8]) {
        guard !isClosed else { return }
        if written == bytes.count {
            bytes = []
            written = 0
        }
        bytes += more
    }

    /// Writes as much as goes without waiting. The descriptor is shared with other programs, so it is
    /// not made non-blocking; but what poll(2) calls writable takes PIPE_BUF bytes at once.
    mutating func flush() {
        while count > 0 {
            var poll = PollSet()
            let place = poll.addWriting(descriptor)
            poll.wait(milliseconds: 0)
            guard poll.isReady(place) else { return }
            do throws(Errno) {
                written += try write(
                    bytes[written..<min(bytes.count, written + 4096)], to: descriptor)
            } catch {
                if error == .interrupted || error == .tryAgain { continue }
                isClosed = true
                written = bytes.count
            }
        }
    }
}
