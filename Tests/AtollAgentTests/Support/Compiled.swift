// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A directory with programs that a C compiler made for a test; gone with it.
final class Compiled {
    let directory = "/dev/shm/atoll-test-compiled.\(getpid()).\(UInt64.random(in: 0 ... .max))"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func path(_ name: String) -> String { directory + "/" + name }

    /// Compiles C; gives the path of what came out.
    @discardableResult
    func make(_ name: String, _ options: [String], _ source: String) throws -> String {
        let file = path(name + ".source.c")
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        let (status, _, errors) = try Program.run(
            "/usr/bin/gcc", ["-o", path(name), file] + options)
        try #require(status == 0, "gcc \(options): \(errors)")
        return path(name)
    }

    /// A library in the place of the runtime: rank 0 goes on as it is, the others end or wait.
    func standIn() throws -> String {
        let versions = path("versions")
        try "GOMP_4.0 { global: GOMP_parallel; }; OMP_1.0 { global: omp_get_num_threads; };"
            .write(toFile: versions, atomically: true, encoding: .utf8)
        return try make(
            "libatoll-gomp.so",
            [
                "-shared", "-fPIC", "-Wl,-soname,libgomp.so.1",
                "-Wl,--version-script=\(versions)",
            ],
            """
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            extern char **environ;
            void GOMP_parallel(void (*f)(void *), void *d, unsigned n, unsigned g) { f(d); }
            int omp_get_num_threads(void) { return 1; }
            __attribute__((constructor)) static void begin(void) {
                const char *place = getenv("ATOLL_OPENMP"), *role = getenv("STAND_IN");
                if (!place) return;
                int commas = 0;
                const char *rank = strrchr(place, 0);
                while (commas < 3) if (*--rank == ',') commas++;
                if (atoi(rank + 1) == 0) return;
                if (role && !strcmp(role, "pause")) for (;;) pause();
                _exit(role ? atoi(role) : 0);
            }
            """)
    }
}
