// SPDX-License-Identifier: Apache-2.0
import AtollSystem

/// Serves one region's socket: one thread, which never waits for any one client.
final class Server {
    /// A descriptor that goes when nobody needs it any more.
    final class Handle {
        let descriptor: OwnedFD
        init(_ descriptor: consuming OwnedFD) { self.descriptor = descriptor }
    }

    private final class Connection {
        let socket: LocalSocket
        let process: Int32
        /// Whether the kernel tells when the client takes more.
        var isWaited = false

        init(_ socket: consuming LocalSocket, _ process: Int32) {
            self.socket = socket
            self.process = process
        }
    }

    /// Notices that may wait for a client beside what the kernel holds: many times what a full group
    /// gives.
    static let backlog = 2048
    private static let listening: UInt64 = 0
    /// Strangers that may stay until they go by themselves.
    private static let mostStrangers = 64

    private let task: ServerTask
    private let listener: LocalSocket
    private let watch: Watch
    private var board: Switchboard<Handle>
    private var connections: [UInt64: Connection] = [:]
    /// Who was turned away and has not gone yet, in the order in which they came.
    private var strangers: [(id: UInt64, connection: Connection)] = []
    private var last: UInt64 = 0
    private var hasNews = true
    /// The kernel has no room: for a while nobody is taken in.
    private var isResting = false
    /// Clients for which the kernel has no room at the moment, and will not say when.
    private var stalled: Set<UInt64> = []

    init(_ task: ServerTask, _ listener: consuming LocalSocket, memory: consuming OwnedFD)
        throws(Errno)
    {
        self.task = task
        self.listener = listener
        watch = try Watch()
        board = Switchboard(memory: Handle(memory), backlog: Self.backlog)
        try watch.add(self.listener.raw, tag: Self.listening)
    }

    /// Goes on for ever.
    func run() throws(Errno) -> Never {
        while true { try turn() }
    }

    private func turn() throws(Errno) {
        tell()
        let isPausing = isResting || !stalled.isEmpty
        let ready = try watch.wait(milliseconds: isPausing ? 50 : nil)
        if isResting {
            isResting = false
            try watch.add(listener.raw, tag: Self.listening)
        }
        // Ends first: who comes anew finds its place free.
        for event in ready where event.tag != Self.listening {
            if event.canRead { hear(event.tag) }
        }
        if ready.contains(where: { $0.tag == Self.listening }) { try takeIn() }
        for id in connections.keys { flush(id) }
        while let id = board.overdue { drop(id) }
    }

    // MARK: Clients

    /// A client has nothing to say: it has gone, or it is none.
    private func hear(_ id: UInt64) {
        let stranger = strangers.first { $0.id == id }?.connection
        guard let connection = connections[id] ?? stranger else { return }
        do throws(Errno) {
            _ = try connection.socket.receive(atMost: 64)
        } catch {
            if error == .tryAgain || error == .interrupted { return }
        }
        if stranger != nil { forget(id) } else { drop(id) }
    }

    private func drop(_ id: UInt64) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        try? watch.remove(connection.socket.raw)
        stalled.remove(id)
        board.leave(id)
        hasNews = true
    }

    /// Sends as much as goes.
    private func flush(_ id: UInt64) {
        guard let connection = connections[id] else { return }
        stalled.remove(id)
        var isFull = false
        while let (bytes, descriptor) = board.next(for: id) {
            do throws(Errno) {
                let count = try connection.socket.send(bytes, with: descriptor?.descriptor.raw)
                board.sent(count, to: id)
            } catch {
                switch error {
                case .interrupted: continue
                case .tryAgain: isFull = true
                // Too many descriptors are on their way, perhaps to others.
                case .tooManyReferences, .noMemory, Errno(code: 105): stalled.insert(id)
                default: return drop(id)
                }
                break
            }
        }
        guard isFull != connection.isWaited else { return }
        connection.isWaited = isFull
        try? watch.change(connection.socket.raw, tag: id, writing: isFull)
    }

    // MARK: Newcomers

    private func takeIn() throws(Errno) {
        // The others are not kept waiting for a crowd.
        for _ in 0..<32 {
            do throws(Errno) {
                admit(try listener.accept())
            } catch {
                // Connection aborted: it has gone already.
                if error == .interrupted || error == Errno(code: 103) { continue }
                if error == .tryAgain { return }
                // No descriptor or no memory left: not asked again at once, or there would be no end.
                isResting = true
                return try watch.remove(listener.raw)
            }
        }
    }

    /// Greets who may come.
    private func admit(_ socket: consuming LocalSocket) {
        let process = (try? socket.peer()) ?? 0
        guard process > 0, let slot = slot(for: process) else { return turnAway(socket) }
        var bells: [Handle] = []
        for _ in 0..<(board.hasBells(slot) ? 0 : task.vectors) {
            guard let bell = try? EventCounter() else { return turnAway(socket) }
            bells.append(Handle(bell.takeDescriptor()))
        }
        last += 1
        let id = last
        guard (try? watch.add(socket.raw, tag: id)) != nil else { return }
        _ = board.connect(id, as: slot, bells: bells)
        connections[id] = Connection(socket, process)
        hasNews = true
        flush(id)
    }

    /// Tells a stranger of a version that nobody speaks, and waits until it goes: QEMU then refuses the
    /// device, with that number in its words. Were it closed, QEMU would read its end for ever.
    private func turnAway(_ socket: consuming LocalSocket) {
        last += 1
        let notice = Switchboard<Handle>.refusal
        guard (try? watch.add(socket.raw, tag: last)) != nil,
            (try? socket.send(notice[...])) == notice.count
        else { return }
        strangers.append((last, Connection(socket, 0)))
        if strangers.count > Self.mostStrangers { forget(strangers[0].id) }
    }

    private func forget(_ stranger: UInt64) {
        guard let place = strangers.firstIndex(where: { $0.id == stranger }) else { return }
        try? watch.remove(strangers.remove(at: place).connection.socket.raw)
    }

    /// The free slot that this process may have.
    private func slot(for process: Int32) -> Int? {
        let table = SeatTable((try? readFile(task.slots)) ?? [])
        // What a process says of itself is longer than a page, and the UUID not at its end.
        let line = (try? readFile("/proc/\(process)/cmdline", limit: 1 << 20)) ?? []
        for slot in table.slots(process: process, vm: vm(commandLine: line)) {
            guard let holder = board.holder(of: slot) else { return slot }
            // Of a VM that died and is back: the kernel closed its end before it started anew.
            hear(holder)
            if board.holder(of: slot) == nil { return slot }
        }
        return nil
    }

    // MARK: For the daemon

    /// Writes down who is connected.
    private func tell() {
        guard hasNews else { return }
        hasNews = false
        var text = ""
        for (id, client) in board.clients {
            text += "\(client.slot) \(connections[id]?.process ?? 0)\n"
        }
        let draft = task.peers + ".new"
        try? unlink(draft)
        if (try? fill(draft, text)) != nil { try? rename(draft, to: task.peers) }
    }

    /// The file is closed when this returns.
    private func fill(_ path: String, _ text: String) throws(Errno) {
        let file = try OwnedFD(opening: path, [.write, .create], permissions: 0o644)
        _ = try write(Array(text.utf8)[...], to: file.raw)
    }
}
