// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// OpenMP programs as one program over a job's processes: what launcher, agents and starter do, with a
/// library in the place of the runtime whose rank 0 goes on alone.
@Suite(.timeLimit(.minutes(3))) struct OpenMPStartTests {
    let compiled: Compiled
    let library: String

    init() throws {
        compiled = try Compiled()
        library = try compiled.standIn()
    }

    private static let parallel = "\n#pragma omp parallel\n{ work++; }\n"
    private static let head = """
        #define _GNU_SOURCE
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        int work;
        extern char **environ;

        """

    private func program(_ body: String, options: [String] = ["-fopenmp"]) throws -> String {
        try compiled.make(
            "program", options,
            Self.head + "int main(int count, char **words) {\(Self.parallel)\(body)}")
    }

    private func run(
        _ program: [String], with options: [String] = [], role: String = "0", input: String? = nil
    ) throws -> (status: Int32, output: String, errors: String) {
        let launcher = Program.directory.appendingPathComponent("atoll-run").path
        let arguments =
            ["--local", "2", "-e", "ATOLL_OPENMP_LIBRARY=\(library)", "-e", "STAND_IN=\(role)"]
            + options + ["--"] + program
        guard let input else { return try Program.run("atoll-run", arguments) }
        let file = compiled.path("input")
        try input.write(toFile: file, atomically: true, encoding: .utf8)
        return try Program.run(
            "/bin/sh", ["-c", "f=$1; shift; exec \"$@\" < $f", "sh", file, launcher] + arguments)
    }

    @Test func isOneProgram() throws {
        let path = try program("printf(\"%s\\n\", words[1]); fputs(\"e\\n\", stderr); return 7;")
        let (status, output, errors) = try run([path, "a b"])
        #expect(status == 7)
        #expect(output == "a b\n")
        #expect(errors == "e\n")
    }

    @Test(arguments: [
        ("return 0;", 0, ""), ("raise(SIGINT);", 130, ""), ("raise(SIGPIPE);", 141, ""),
        ("raise(SIGSEGV);", 139, "signal 11 (SIGSEGV)"), ("kill(0, 9);", 137, "signal 9 (SIGKILL)"),
    ])
    func endsAsRankZeroEnds(body: String, status: Int32, signal: String) throws {
        let (found, _, errors) = try run([try program(body)])
        #expect(found == status)
        let sentence = "atoll-run: the program was ended by \(signal) in VM local0\n"
        #expect(errors == (signal.isEmpty ? "" : sentence))
    }

    @Test func endsThoughAnotherRankStays() throws {
        let (status, output, _) = try run([try program("puts(\"x\"); return 3;")], role: "pause")
        #expect(status == 3)
        #expect(output == "x\n")
    }

    @Test func hasTheShellsEnvironment() throws {
        let path = try program(
            "printf(\"%s %s %s\\n\", getenv(\"SHELLS\"), getenv(\"BOTH\"), getenv(\"HOME\")); return 0;"
        )
        let launcher = Program.directory.appendingPathComponent("atoll-run").path
        let script = "SHELLS=a\\ b BOTH=shell HOME=/somewhere exec \"$@\""
        let shell = { (words: [String]) in
            try Program.run(
                "/bin/sh",
                ["-c", script, "sh", launcher, "--local", "2", "-e", "BOTH=said"] + words)
        }
        let one = try shell(
            ["-e", "ATOLL_OPENMP_LIBRARY=\(library)", "-e", "STAND_IN=0", "--", path])
        #expect(one.output == "a b said /somewhere\n", "\(one.errors)")
        // Copies have what their agents give them.
        let copies = try shell(["--", "/bin/sh", "-c", "echo $SHELLS,$BOTH"])
        #expect(
            copies.output.split(separator: "\n").sorted() == ["local0: ,said", "local1: ,said"])
    }

    @Test func readsInput() throws {
        let path = try program(
            "long sum = 0, c, n = 0; while ((c = getchar()) != EOF) { sum += c; n++; } printf(\"%ld %ld\\n\", n, sum); return 0;"
        )
        // Far more than pipes and rings hold.
        let text = String(repeating: "0123456789abcde\n", count: 20000)
        let sum = text.utf8.reduce(0) { $0 + Int($1) }
        let (status, output, _) = try run([path], input: text)
        #expect(status == 0)
        #expect(output == "\(text.utf8.count) \(sum)\n")
        #expect(try run([path]).output == "0 0\n")
    }

    @Test func needNotReadInput() throws {
        let text = String(repeating: "0123456789abcde\n", count: 20000)
        let (status, output, _) = try run([try program("puts(\"x\"); return 0;")], input: text)
        #expect(status == 0 && output == "x\n")
    }

    /// What has no end of line comes at once: the program waits for the answer to it.
    @Test func showsPrompts() throws {
        let path = try program(
            "printf(\"name? \"); fflush(stdout); char t[9]; fgets(t, 9, stdin); printf(\"[%s]\", t); return 0;"
        )
        let script = """
            mkfifo $1/in; exec 4<> $1/in
            "$2" --local 2 -e ATOLL_OPENMP_LIBRARY=$3 -- $4 < $1/in > $1/out &
            until grep -q name $1/out; do sleep 0.01; done
            echo me >&4; exec 4>&-
            wait $!; echo $?; cat $1/out
            """
        let launcher = Program.directory.appendingPathComponent("atoll-run").path
        let (_, output, _) = try Program.run(
            "/bin/sh", ["-c", script, "sh", compiled.directory, launcher, library, path])
        #expect(output == "0\nname? [me\n]")
    }

    /// The loader's variables are for the program, with what they were beside them.
    @Test func preparesTheEnvironment() throws {
        let path = try program(
            "for (char **v = environ; *v; v++) if (strstr(*v, \"LD_\") || strstr(*v, \"OPENMP\")) puts(*v); return 0;"
        )
        let (_, output, _) = try run(
            [path], with: ["-e", "LD_LIBRARY_PATH=/old", "-t", "3", "--memory", "64M"])
        let lines = Set(output.split(separator: "\n").map(String.init))
        #expect(lines.contains("LD_BIND_NOW=1"))
        #expect(lines.contains("LD_PRELOAD=\(library)"))
        #expect(lines.contains("LD_LIBRARY_PATH=\(compiled.directory):/old"))
        #expect(lines.contains("ATOLL_OPENMP_WAS_LD_LIBRARY_PATH=/old"))
        let place = try #require(lines.first { $0.hasPrefix("ATOLL_OPENMP=/dev/shm/") })
        let words = place.split(separator: ",")
        #expect(words.count == 6 && words[2...] == ["67108864", "0", "2", "3"])
        #expect(Int(words[1])! % (2 << 20) == 0)
        #expect(lines.count == 5, "\(lines)")
    }

    @Test func hasFixedAddresses() throws {
        let path = try program("printf(\"%p %p\\n\", (void *)main, (void *)words); return 0;")
        let first = try run([path]).output
        #expect(first == (try run([path]).output))
        #expect(first.hasPrefix("0x5555"))
    }

    @Test func passesSignalsToRankZeroAlone() throws {
        let path = try program(
            "signal(SIGUSR1, SIG_IGN); signal(SIGTERM, SIG_IGN); printf(\"up\\n\"); fflush(stdout); char c; read(0, &c, 1); puts(\"end\"); return 5;"
        )
        // The other rank would end of SIGUSR1, and its end is the job's.
        let script = """
            mkfifo $1/in; exec 4<> $1/in
            "$2" --local 2 -e ATOLL_OPENMP_LIBRARY=$3 -e STAND_IN=pause -- $4 < $1/in > $1/out &
            until grep -q up $1/out; do sleep 0.01; done
            kill -USR1 $!; kill -TERM $!; sleep 3; echo >&4; exec 4>&-
            wait $!; echo $?; cat $1/out
            """
        let launcher = Program.directory.appendingPathComponent("atoll-run").path
        let (_, output, _) = try Program.run(
            "/bin/sh", ["-c", script, "sh", compiled.directory, launcher, library, path])
        #expect(output == "5\nup\nend\n")
    }

    @Test func runsWholeCopiesWhereAsked() throws {
        let path = try program("puts(\"x\"); return 0;")
        let (status, output, _) = try run([path], with: ["--openmp", "never"])
        #expect(status == 0)
        #expect(output.split(separator: "\n").sorted() == ["local0: x", "local1: x"])
    }

    @Test func prepareWhateverWhereAsked() throws {
        let (status, output, _) = try run(["/bin/echo", "x"], with: ["--openmp", "always"])
        #expect(status == 0 && output == "x\n")
        let other = try run(["/bin/echo", "x"], with: ["--no-prefix", "-n", "1"])
        #expect(other.status == 0 && other.output == "x\n")
    }

    @Test(arguments: [
        (["-fopenmp", "-static"], "linked statically, with an OpenMP runtime of its own"),
        (
            [
                "-fopenmp", "-nostartfiles", "-fPIC", "-no-pie",
                "-Wl,-e,main,--no-relax,-Ttext-segment=0x200000400000",
            ],
            "linked to lie where"
        ),
    ]) func refusesPrograms(options: [String], reason: String) throws {
        let (status, output, errors) = try run([try program("return 0;", options: options)])
        #expect(status == 126)
        #expect(output == "")
        #expect(errors.contains(reason) && errors.contains("atoll-openmp: VM local0: cannot run"))
        #expect(errors.split(separator: "\n").count == 1, "\(errors)")
    }

    @Test func refusesASmallRegion() throws {
        let path = try program("return 0;")
        let (status, _, errors) = try run([path], with: ["--region-size", "8M"])
        #expect(status == 126)
        #expect(errors.contains("the region is too small: the program needs "))
        let (asked, _, others) = try run(
            [path], with: ["--region-size", "64M", "--memory", "1G"])
        #expect(asked == 126)
        #expect(others.contains("the program needs 1024 MiB of it at least"), "\(others)")
    }

    @Test func refusesTooLargeStacks() throws {
        let path = try program("return 0;")
        for (size, threads, status) in [("64M", "9", 126), ("64M", "2", 0), ("65536", "9", 126)] {
            let (found, _, errors) = try run(
                [path],
                with: [
                    "--region-size", "256M", "-e", "OMP_STACKSIZE=\(size)", "-e",
                    "OMP_NUM_THREADS=\(threads)",
                ])
            #expect(found == Int32(status), "\(size) \(threads): \(errors)")
            #expect(errors.contains("the region is too small") == (status == 126))
        }
    }

    @Test func refusesWithoutTheRuntime() throws {
        let path = try program("return 0;")
        let (status, _, errors) = try Program.run(
            "atoll-run", ["--local", "2", "-e", "ATOLL_OPENMP_LIBRARY=/nonexistent", "--", path])
        #expect(status == 126)
        #expect(errors.contains("there is no library /nonexistent"))
    }
}
