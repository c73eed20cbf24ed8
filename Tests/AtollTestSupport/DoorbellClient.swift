// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// A client of a doorbell server, as QEMU is one, without a VM.
public final class DoorbellClient {
    /// A bell that a client has been given.
    public final class Bell {
        private let counter: EventCounter

        fileprivate init(_ descriptor: consuming OwnedFD) {
            counter = EventCounter(taking: descriptor)
        }

        public func ring() throws { try counter.signal() }
        /// How often it rang since it was last asked.
        public func take() throws -> Int { try counter.take() }
    }

    public struct Failure: Error { public let text: String }

    public let socket: LocalSocket
    public private(set) var version: Int64?
    public private(set) var slot: Int?
    public private(set) var memory: FileStatus?
    /// By which it is rung itself.
    public private(set) var own: [Bell] = []
    /// By which it rings others, by slot.
    public private(set) var others: [Int: [Bell]] = [:]
    /// Whether the server has closed.
    public private(set) var isRefused = false
    private var rest: [UInt8] = []
    /// Came with a part of what is to come.
    private var descriptor: Int32?

    public init(_ path: String) throws { socket = try LocalSocket(connectingTo: path) }

    deinit { if let descriptor { _ = OwnedFD(taking: descriptor) } }

    /// Takes what has come.
    public func read() throws {
        while !isRefused {
            do throws(Errno) {
                let received = try socket.receive(atMost: 8 - rest.count)
                rest += received.bytes
                if received.bytes.isEmpty { isRefused = true }
                if let got = received.takeDescriptor() { descriptor = got.release() }
            } catch {
                if error == .tryAgain { return }
                // The server closed with something of ours unread.
                guard error == Errno(code: 104) else { throw error }
                isRefused = true
            }
            guard rest.count == 8 else { continue }
            let bits = rest.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let raw = descriptor
            (rest, descriptor) = ([], nil)
            try take(Int64(bitPattern: bits), raw)
        }
    }

    private func take(_ number: Int64, _ raw: Int32?) throws {
        if version == nil {
            version = number
        } else if slot == nil {
            slot = Int(number)
        } else if number == -1 {
            guard let raw else { throw Failure(text: "no memory came") }
            memory = try OwnedFD(taking: raw).status()
        } else if let raw {
            let bell = Bell(OwnedFD(taking: raw))
            if Int(number) == slot {
                own.append(bell)
            } else {
                others[Int(number), default: []].append(bell)
            }
        } else {
            throw Failure(text: "\(number) goes, which QEMU does not bear")
        }
    }

    /// Reads until it is so.
    public func wait(_ what: String, until isSo: (DoorbellClient) -> Bool) async throws {
        while true {
            try read()
            if isSo(self) { return }
            if isRefused { throw Failure(text: "\(what): the server has closed") }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Whether the greeting has come whole.
    public func greeted(vectors: Int = 2) async throws {
        try await wait("greeting") { $0.own.count == vectors || $0.version ?? 0 != 0 }
        guard version == 0 else { throw Failure(text: "turned away") }
    }

    /// Reads until it is told that it may not.
    public func turnedAway() async throws {
        try await wait("a refusal") { $0.version != nil }
        guard version == 403 else { throw Failure(text: "it is taken in") }
    }

    /// Reads until the server closes.
    public func refused() async throws {
        while !isRefused {
            try read()
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
