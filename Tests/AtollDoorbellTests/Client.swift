// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

/// A client of a doorbell server, as QEMU is one, without a VM.
final class Client {
    let socket: LocalSocket
    private(set) var version: Int64?
    private(set) var slot: Int?
    private(set) var memory: FileStatus?
    /// By which it is rung itself.
    private(set) var own: [Bell] = []
    /// By which it rings others, by slot.
    private(set) var others: [Int: [Bell]] = [:]
    /// Whether the server has closed.
    private(set) var isRefused = false
    private var rest: [UInt8] = []
    /// Came with a part of what is to come.
    private var descriptor: Int32?

    init(_ path: String) throws { socket = try LocalSocket(connectingTo: path) }

    /// Takes what has come.
    func read() throws {
        while !isRefused {
            do throws(Errno) {
                let received = try socket.receive(atMost: 8 - rest.count)
                rest += received.bytes
                if received.bytes.isEmpty { isRefused = true }
                if let got = received.takeDescriptor() { descriptor = got.release() }
            } catch {
                if error == .tryAgain { return }
                // The server closed with something of ours unread.
                if error == Errno(code: 104) { isRefused = true }
                if !isRefused { throw error }
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
            memory = try OwnedFD(taking: try #require(raw)).status()
        } else if let raw {
            let bell = Bell(OwnedFD(taking: raw))
            if Int(number) == slot {
                own.append(bell)
            } else {
                others[Int(number), default: []].append(bell)
            }
        } else {
            #expect(others.removeValue(forKey: Int(number)) != nil, "\(number) was not there")
        }
    }

    /// Reads until it is so.
    func wait(_ what: String, until isSo: (Client) -> Bool) async throws {
        while true {
            try read()
            if isSo(self) { return }
            try #require(!isRefused, "\(what): the server has closed")
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Whether the greeting has come whole.
    func greeted(vectors: Int = 2) async throws {
        try await wait("greeting") { $0.own.count == vectors }
    }

    deinit { if let descriptor { _ = OwnedFD(taking: descriptor) } }

    func refused() async throws {
        while !isRefused {
            try read()
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

/// A bell that a client has been given.
final class Bell {
    let counter: EventCounter

    init(_ descriptor: consuming OwnedFD) { counter = EventCounter(taking: descriptor) }

    func ring() throws { try counter.signal() }
    /// How often it rang since it was last asked.
    func take() throws -> Int { try counter.take() }
}
