// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import Logging
import Synchronization
import Testing

@testable import atolld

@Suite struct PartsTests {
    @Test func `a log line is one JSON object that metadata cannot disguise`() throws {
        let lines = Lines()
        var handler = LineLogHandler(label: "test", format: .json)
        handler.write = { lines.add($0) }
        handler[metadataKey: "a"] = "1"
        let logger = Logger(label: "test") { _ in handler }
        logger.warning("two\nlines \"quoted\"", metadata: ["b": "2", "level": "fake", "a": "3"])
        let text = try #require(lines.all.first)
        #expect(text.hasSuffix("\n"))
        #expect(!text.dropLast().contains("\n"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "warning")
        #expect(object["logger"] as? String == "test")
        #expect(object["message"] as? String == "two\nlines \"quoted\"")
        #expect(object["metadata"] as? [String: String] == ["a": "3", "b": "2", "level": "fake"])
    }

    @Test func `a log line of text is one line that a terminal does not obey`() throws {
        let lines = Lines()
        var handler = LineLogHandler(label: "test", format: .text)
        handler.write = { lines.add($0) }
        handler[metadataKey: "b"] = "1"
        let logger = Logger(label: "test") { _ in handler }
        logger.warning("two\nlines\u{1B}[2J\u{9B}x", metadata: ["a": "\u{202E}\r2"])
        logger.info("plain")
        #expect(lines.all.count == 2)
        #expect(lines.all[0].hasSuffix(" warning test: a=??2 b=1 : two?lines?[2J?x\n"))
        #expect(lines.all[1].hasSuffix(" info test: b=1 : plain\n"))
    }

    @Test func `one state directory has one daemon`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a/state"
        do {
            let lock = try DirectoryLock(state: path)
            #expect(throws: APIError.self) { _ = try DirectoryLock(state: path) }
            withExtendedLifetime(lock) {}
        }
        _ = try DirectoryLock(state: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `a state directory that cannot be is named`() throws {
        let error = #expect(throws: APIError.self) {
            _ = try DirectoryLock(state: "/proc/none/state")
        }
        #expect(error?.value == "/proc/none/state")
    }

    @Test(arguments: [
        (SettingKey.socket, "--socket", "ATOLL_SOCKET"),
        (.stateDirectory, "--state-directory", "ATOLL_STATE_DIRECTORY"),
        (.libvirtURI, "--libvirt-uri", "ATOLL_LIBVIRT_URI"),
    ])
    func `a setting has one name in each place`(key: SettingKey, flag: String, variable: String) {
        #expect(key.flag == flag)
        #expect(key.variable == variable)
    }
}

/// Log lines as they are written.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ data: Data) { lines.withLock { $0.append(String(decoding: data, as: UTF8.self)) } }
}
