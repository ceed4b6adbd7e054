import Glibc

/// An event of inotify(7).
struct FileEvent {
    /// The number of the watch; -1 if the kernel has discarded events.
    let watch: Int32
    /// The name of a file in a watched directory; empty if the file itself is watched.
    let name: String

    /// IN_Q_OVERFLOW: the kernel has discarded events.
    private static let overflow: UInt32 = 0x4000

    var isOverflow: Bool { watch < 0 }

    /// Reads all events that a non-blocking inotify descriptor has.
    static func read(_ descriptor: Int32, _ body: (FileEvent) -> Void) {
        let capacity = 64 * 1024
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { buffer in
            while case let got = Glibc.read(descriptor, buffer.baseAddress, capacity), got > 0 {
                parse(UnsafeRawBufferPointer(rebasing: buffer[..<got]), body)
            }
        }
    }

    /// Takes the events out of bytes: watch, mask, cookie and length of the name, four bytes each, and the name.
    private static func parse(_ events: UnsafeRawBufferPointer, _ body: (FileEvent) -> Void) {
        var start = 0
        while start + 16 <= events.count {
            let watch = events.loadUnaligned(fromByteOffset: start, as: Int32.self)
            let mask = events.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
            let length = Int(events.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
            let end = min(start + 16 + length, events.count)
            let name = String(decoding: events[(start + 16)..<end].prefix { $0 != 0 }, as: UTF8.self)
            body(FileEvent(watch: mask & overflow == 0 ? watch : -1, name: name))
            start = end
        }
    }
}
