import Testing

@testable import Core

struct QuantityTests {
    @Test(
        arguments: [
            ("0", 0), ("90", 90_000), ("250ms", 250), ("90s", 90_000), ("10m", 600_000), ("1h", 3_600_000),
            ("180d", 15_552_000_000), ("10 m", 600_000), ("9223372036854775807ms", .max), ("007s", 7000),
        ] as [(String, Int64)])
    func `a duration is converted to milliseconds`(_ text: String, _ milliseconds: Int64) {
        #expect(Quantity.milliseconds(text) == milliseconds)
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("64KiB", 65536), ("10MiB", 10_485_760), ("1GiB", 1 << 30), ("1TiB", 1 << 40),
            ("2kB", 2000),
            ("3MB", 3_000_000), ("1GB", 1_000_000_000), ("1TB", 1_000_000_000_000), ("7B", 7),
            ("9223372036854775807", .max),
            ("8388607TiB", 8_388_607 << 40),
        ] as [(String, Int64)])
    func `a size is converted to bytes`(_ text: String, _ bytes: Int64) {
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(arguments: [
        "", " ", "s", "1.5h", "-1s", "+1s", "1y", "1H", "1 2s", "٣s", "1s ", "9223372036854775808ms",
        "9223372036854775807",
        "9223372036854775807s", "106751991168d", "99999999999999999999d", "0x10", "1e3",
    ])
    func `invalid and too long durations are rejected`(_ text: String) {
        #expect(Quantity.milliseconds(text) == nil)
    }

    @Test(arguments: ["", "KiB", "1kib", "1K", "8388608TiB", "9223372036854775808", "-1", "1.5GiB", "1GiB "])
    func `invalid and too large sizes are rejected`(_ text: String) {
        #expect(Quantity.bytes(text) == nil)
    }
}
