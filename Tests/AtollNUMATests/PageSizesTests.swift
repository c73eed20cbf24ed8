// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollNUMA

struct PageSizesTests {
    private func sizes(_ body: String) -> PageSizes {
        let text = """
            7f0000000000-7f0000200000 rw-s 00000000 00:1b 2      /dev/shm/a b
            Size:               2048 kB
            \(body)
            VmFlags: rd wr sh mr mw me ms
            7f0010000000-7f0010200000 rw-p 00000000 00:00 0
            KernelPageSize:        4 kB
            Rss:                9999 kB
            """
        return PageSizes(Array(text.utf8), from: 0x7f00_0000_0000, count: 2 << 20)
    }

    @Test func ofTmpfs() {
        let half = sizes("KernelPageSize:  4 kB\nRss:  2048 kB\nShmemPmdMapped:  1024 kB")
        #expect(half.kernel == 4096)
        #expect(half.mapped == [2 << 20: 1 << 20, 4096: 1 << 20])
    }

    @Test func ofHugetlbfs() {
        let pool = sizes(
            "KernelPageSize:  2048 kB\nRss:  0 kB\nShared_Hugetlb:  0 kB\nPrivate_Hugetlb:  2048 kB"
        )
        #expect(pool.kernel == 2 << 20)
        #expect(pool.mapped == [2 << 20: 2 << 20])
    }

    @Test func whatIsNoSmapsSaysNothing() {
        #expect(sizes("Rss: lots kB\nKernelPageSize:\nShmemPmdMapped: -4 kB").mapped == [:])
        #expect(PageSizes([0xff, 0x0a, 0x2d, 0x0a], from: 1, count: 1).mapped == [:])
    }
}
