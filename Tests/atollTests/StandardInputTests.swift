// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import AtollAccounts

@Suite struct StandardInputTests {
    /// At its end a file reads as nothing for ever: the stream says so once.
    @Test func `the empty part is the last`() async {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("text".utf8))
        pipe.fileHandleForWriting.closeFile()
        var parts: [String] = []
        for await part in StandardInput.parts(of: pipe.fileHandleForReading.fileDescriptor) {
            parts.append(String(decoding: part, as: UTF8.self))
            if parts.count == 5 { break }
        }
        #expect(parts == ["text", ""])
        withExtendedLifetime(pipe) {}
    }
}
