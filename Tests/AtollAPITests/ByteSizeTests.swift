// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Testing

@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("4096", 4096), ("4_096", 4096), ("64M", 64 << 20),
            ("64m", 64 << 20),
            ("64MiB", 64 << 20), ("64 MiB", 64 << 20), ("2GiB", 2 << 30), ("1.5g", 3 << 29),
            ("0.5k", 512), ("1T", 1 << 40), ("12b", 12), (".5k", 512), ("2.k", 2048),
            ("9223372036854775807", (1 << 63) - 1), ("8388607T", 8_388_607 << 40),
        ] as [(String, UInt64)])
    func `what people write is read`(text: String, bytes: UInt64) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", " ", "M", "64MB", "1KB", "2gb", "1TB", "-1", "+1", "1.2.3", "1e3", "0x10", "64 M x",
        "1P", "1.5", "0.3k", "nan", "inf", ".", "9223372036854775808", "8388608T",
        "18446744073709551616", "99999999999999999999M", "٣", "１M",
    ])
    func `what is no size, means two things or does not fit is refused`(text: String) {
        #expect(ByteSize(text) == nil)
    }

    @Test(
        arguments: [
            (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"),
            (64 << 20, "64 MiB"), (1 << 30, "1 GiB"), (3 << 29, "1.5 GiB"),
            ((1 << 30) + 1, "1.0 GiB"),
            (1 << 40, "1 TiB"), (5000 << 40, "5000 TiB"), ((1 << 20) - 1, "1024.0 KiB"),
        ] as [(UInt64, String)])
    func `a size is told with its unit`(bytes: UInt64, text: String) {
        #expect(ByteSize(bytes: bytes).description == text)
    }

    @Test(arguments: [0, 1, 1 << 20, 3 << 20, 7 << 30, 1 << 40] as [UInt64])
    func `what is told is read back`(bytes: UInt64) {
        #expect(ByteSize(ByteSize(bytes: bytes).description)?.bytes == bytes)
    }
}
