// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct WitnessTests {
    @Test func knowsItself() throws {
        let witness = try ProcessWitness(getpid())
        #expect(!witness.hasEnded && witness.user == getuid())
        let mark = ProcessMark(number: witness.mark.number)
        #expect(mark == witness.mark && mark.process == getpid())
        #expect(try ProcessWitness(mark).mark == mark)
        // Another process with our number, some ticks ago.
        let other = ProcessMark(number: witness.mark.number - 1 << 22)
        #expect(other.process == getpid() && other != mark)
        #expect(throws: Errno.noSuchProcess) { try ProcessWitness(other) }
    }

    @Test func sawAProcessEnd() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["1000"]
        try process.run()
        let number = process.processIdentifier
        let witness = try ProcessWitness(number)
        #expect(!witness.hasEnded)
        kill(number, SIGKILL)
        process.waitUntilExit()
        #expect(witness.hasEnded && witness.user == nil)
        #expect(throws: Errno.noSuchProcess) { try ProcessWitness(number) }
        #expect(throws: Errno.noSuchProcess) { try ProcessWitness(0) }
    }

    @Test func seesMappingsOfDescendantsToo() throws {
        let path = "/dev/shm/atoll-test-witness.\(getpid()).\(UInt64.random(in: 0 ... .max))"
        let file = try OwnedFD(opening: path, [.write, .create])
        defer { try? unlink(path) }
        try file.setSize(4096)
        let status = try file.status()
        let me = try ProcessWitness(getpid())
        #expect(!me.maps(status))
        do {
            let mapping = try Mapping(file, count: 4096)
            #expect(me.maps(status))
            _ = mapping
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            "import mmap,os,sys;m=mmap.mmap(os.open(sys.argv[1],os.O_RDWR),4096);print(flush=True);sys.stdin.read()",
            path,
        ]
        let (input, output) = (Foundation.Pipe(), Foundation.Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = output.fileHandleForReading.availableData
        #expect(me.maps(status))
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
        #expect(!me.maps(status))
    }

    @Test func accessListsComeBack() throws {
        let path = "/dev/shm/atoll-test-list.\(getpid()).\(UInt64.random(in: 0 ... .max))"
        let file = try OwnedFD(opening: path, [.write, .create])
        defer { try? unlink(path) }
        #expect(try AccessList(of: file).users == [])
        try AccessList(users: [7, 5, 7]).apply(to: file)
        #expect(try AccessList(of: file).users == [5, 7])
        #expect(try file.status().permissions == 0o660)
        try AccessList(users: []).apply(to: file)
        #expect(try AccessList(of: file).users == [])
        #expect(try file.status().permissions == 0o600)
    }
}
