// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation

/// The files of one region's doorbell server.
struct DoorbellFiles: Sendable {
    let directory: String
    private let base: String

    /// The object's own name, where a socket's path has room for it: an address has 108 bytes, and the
    /// directory is not ours to choose.
    init(_ object: String, in directory: String) {
        self.directory = directory
        base = directory + "/" + Self.short(object)
    }

    static func short(_ object: String) -> String {
        guard object.utf8.count > 40 else { return object }
        let hash = object.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
        return "\(object.prefix(23))-\(String(hash, radix: 16))"
    }

    var socket: String { base + ".sock" }
    /// Who may connect, as whom.
    var slots: String { base + ".slots" }
    /// Who is.
    var peers: String { base + ".peers" }
    /// Locked as long as the server runs; says whose it is, and its process.
    var lock: String { base + ".lock" }

    /// The server, if it runs.
    func server() -> (object: String, process: Int32)? {
        do throws(Errno) {
            let file = try OwnedFD(opening: lock)
            do throws(Errno) { try file.lock() } catch {
                return error == .tryAgain ? named() : nil
            }
            return nil
        } catch { return nil }
    }

    /// What the lock's file says, whether its server runs or not.
    func named() -> (object: String, process: Int32)? {
        guard let bytes = try? readFile(lock, limit: 512) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }
        guard words.count == 2, let process = Int32(words[1]) else { return nil }
        return (String(words[0]), process)
    }

    /// Writes a file anew, at once as far as readers can tell.
    func write(_ text: String, to path: String) throws(Errno) {
        let draft = path + ".new"
        if try FileStatus.ofName(draft) != nil { try unlink(draft) }
        let file = try OwnedFD(opening: draft, [.write, .create], permissions: 0o600)
        _ = try AtollSystem.write(Array(text.utf8)[...], to: file.raw)
        try rename(draft, to: path)
    }

    /// The lock's file goes last: as long as it is there, somebody looks for the others.
    func remove() throws(Errno) {
        for path in [socket, slots, slots + ".new", peers, peers + ".new", lock]
        where try FileStatus.ofName(path) != nil {
            try unlink(path)
        }
    }
}
