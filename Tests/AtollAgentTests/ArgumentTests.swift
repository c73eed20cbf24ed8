// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import Testing

@Suite struct ArgumentTests {
    private func parse(_ words: [String]) throws -> AgentOptions? {
        let wish = try AgentOptions.parse(words.map { Array($0.utf8) }[...])
        if case .serve(let options) = wish { return options }
        return nil
    }

    private func complaint(_ words: [String]) -> String? {
        do {
            _ = try parse(words)
            return nil
        } catch let error as UsageError {
            return String(decoding: error.message.bytes, as: UTF8.self)
        } catch { return nil }
    }

    @Test func takesOptionsInBothForms() throws {
        let options = try #require(try parse(["--user", "me", "--sysfs=/s", "--log", "l"]))
        #expect(options.user == Array("me".utf8))
        #expect(options.sysfs == "/s")
        #expect(options.log == Array("l".utf8))
        #expect(options.runDirectory == "/run/atoll")
    }

    @Test func takesAFileInPlaceOfDevices() throws {
        let uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
        let options = try #require(try parse(["--region", "f", "--uuid", uuid]))
        #expect(options.files == [Array("f".utf8)])
        #expect(options.vm == UUID128(text: Array(uuid.utf8)))
        #expect(options.runDirectory == nil)
    }

    @Test func takesAMembersNameAndItsRegions() throws {
        let options = try #require(try parse(["--region", "f", "--member=p", "--region", "g"]))
        #expect(options.files == [Array("f".utf8), Array("g".utf8)])
        #expect(options.member == Array("p".utf8))
    }

    @Test(arguments: [
        (["--bogus"], ["--bogus", "--help"]), (["--user"], ["--user needs a value"]),
        (["--uuid", "12"], ["--uuid", "'12'"]), (["x"], ["'x'", "--help"]),
        (["--region", "f"], ["--uuid", "--member"]), (["--member", "p"], ["ATOLL_REGIONS"]),
        (["--member", "p", "--uuid", "6ba7b8109dad11d180b400c04fd430c8"], ["give one"]),
        (["--version=1"], []),
        (["--user", "a", "--help", "--bogus"], []),
    ])
    func saysWhatIsWrong(words: [String], parts: [String]) throws {
        let text = complaint(words)
        if parts.isEmpty { #expect(text == nil) }
        for part in parts { #expect(text?.contains(part) == true, "\(text ?? "nothing")") }
    }

    @Test(arguments: [
        ("1", 1), ("64M", 64 << 20), ("64m", 64 << 20), ("64MiB", 64 << 20), ("64MB", 64 << 20),
        ("2GiB", 2 << 30), ("512k", 512 << 10), ("1T", 1 << 40), ("7b", 7),
    ])
    func readsSizes(text: String, bytes: Int) {
        #expect(ArgumentReader.size(Array(text.utf8)) == UInt64(bytes))
    }

    @Test(arguments: [
        "", "M", "1X", "-1", "1.5G", "1 M", "99999999999999999999", "99999999999T", "1MM",
    ])
    func refusesWhatIsNoSize(text: String) {
        #expect(ArgumentReader.size(Array(text.utf8)) == nil)
    }

    @Test func cleansWhatOthersWrote() {
        let name = Array("a\u{1b}[2Jb\n".utf8)
        #expect(("<\(name)>" as Message).bytes == Array("<a?[2Jb?>".utf8))
        #expect(
            ("\(-12) \(0) \(Int.max)" as Message).bytes == Array("-12 0 9223372036854775807".utf8))
    }
}
