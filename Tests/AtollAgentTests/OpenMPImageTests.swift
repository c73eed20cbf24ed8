// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import Foundation
import Testing

@testable import AtollGuest

/// The starter writes what the runtime reads: by the same numbers.
@Suite struct OpenMPImageTests {
    @Test func agreesWithTheHeader() throws {
        let include = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../guest/CAtollOpenMP/include").path
        let compiled = try Compiled()
        let path = try compiled.make(
            "offsets", ["-I\(include)"],
            """
            #include <atoll_image.h>
            #include <stdio.h>
            #define AT(type, field) printf("%zu\\n", offsetof(struct type, field))
            #define IS(value) printf("%llu\\n", (unsigned long long)(value))
            int main(void) {
                IS(ATOLL_IMAGE_BASE); IS(ATOLL_IMAGE_MAGIC); IS(ATOLL_IMAGE_VERSION);
                IS(ATOLL_IMAGE_THREADS); IS(ATOLL_IMAGE_AT_RANKS); IS(sizeof(struct atoll_rank));
                IS(ATOLL_IMAGE_AT_POOL); IS(ATOLL_IMAGE_AT_HEAP); IS(ATOLL_IMAGE_LOCAL);
                AT(atoll_image, version); AT(atoll_image, ranks); AT(atoll_image, bytes);
                AT(atoll_image, threads_per_rank); AT(atoll_image, thread_slots);
                AT(atoll_image, pool_offset); AT(atoll_image, pool_bytes);
                AT(atoll_image, heap_offset); AT(atoll_image, heap_bytes); AT(atoll_image, flags);
                AT(atoll_image, huge_page_bytes); AT(atoll_image, job); AT(atoll_image, lease_ns);
                AT(atoll_rank, slot); AT(atoll_rank, threads); AT(atoll_rank, incarnation);
                AT(atoll_rank, name); IS(sizeof(((struct atoll_rank *)0)->name));
                IS(ATOLL_IMAGE_AT_THREADS); IS(sizeof(struct atoll_thread));
                AT(atoll_thread, rank); AT(atoll_thread, figures); IS(ATOLL_IMAGE_REPORTED);
                IS(ATOLL_FIGURE_OTHER); AT(atoll_image, end); IS(ATOLL_END_LOST);
                AT(atoll_image, end_signal);
                return 0;
            }
            """)
        let (_, output, _) = try Program.run(path, [])
        typealias I = OpenMPImage
        let expected: [UInt64] = [
            I.base, I.magic, UInt64(I.version), UInt64(I.mostThreads), UInt64(I.ranks),
            UInt64(I.rankBytes), UInt64(I.pool), UInt64(I.heap), UInt64(I.isLocal), 8,
            UInt64(I.atRanks), UInt64(I.atBytes), UInt64(I.atThreads), UInt64(I.atSlots),
            UInt64(I.atPool), UInt64(I.atPoolBytes), UInt64(I.atHeap), UInt64(I.atHeapBytes),
            UInt64(I.atFlags), UInt64(I.atHugePage), UInt64(I.atJob), UInt64(I.atLease),
            UInt64(I.atSlot), UInt64(I.atRankThreads), UInt64(I.atIncarnation), UInt64(I.atName),
            UInt64(I.nameBytes), UInt64(I.threads), UInt64(I.threadBytes), UInt64(I.atThreadRank),
            UInt64(I.atFigures), UInt64(I.isReported), 8, UInt64(I.atEnd), I.wasLost,
            UInt64(I.atEndSignal),
        ]
        #expect(output.split(separator: "\n").map { UInt64($0) } == expected)
    }
}
