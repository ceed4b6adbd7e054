import Logging

/// Keeps the ``RetentionClock`` of an instance in its storage.
package struct RetentionTime: Sendable {
    private let storage: Storage
    private let log: Logger

    private var path: String { storage.directory + "/clock" }

    package init(_ storage: Storage, log: Logger) {
        self.storage = storage
        self.log = log
    }

    /// Advances the clock, stores it, and logs a jump.
    ///
    /// Programs that do it at the same moment agree, because each adds the time since the reading that it found.
    ///
    /// - Parameters:
    ///   - store: Where the newest rows are looked up.
    ///   - isRegular: Whether to look them up even if there has been no jump.
    ///   - reading: The clocks now.
    /// - Throws: `SystemError` if it cannot be stored. Then nothing counts as old. `StoreError`.
    @discardableResult
    package func advance(
        marking store: any ExecutionStore, isRegular: Bool = true, to reading: RetentionClock.Reading = .now
    ) throws -> RetentionClock {
        let stored = try current
        var clock = stored ?? RetentionClock(reading, newestFile: newestFile ?? reading.wall)
        if stored != nil, let jump = clock.advance(to: reading) {
            log.warning(
                "the clock of this machine jumped",
                metadata: ["by": "\(Self.describe(jump))", "retention": "goes on by running time"])
        }
        if isRegular || clock.marks.isEmpty || clock.jump != stored?.jump { clock.mark(try store.newestRowNumbers()) }
        let isRecent =
            stored.map {
                $0.reading.bootID == reading.bootID && reading.boottime - $0.reading.boottime < 60_000
                    && $0.jump == clock.jump && $0.marks == clock.marks
            } ?? false
        // Not by every program, because each write waits for the disk. The next reading covers the time since.
        if !isRecent { try DurableFile.write(clock.text, to: path) }
        return clock
    }

    /// The stored clock; nil if there is none yet.
    package var current: RetentionClock? {
        get throws(SystemError) { try DurableFile.read(path).flatMap { RetentionClock($0) } }
    }

    /// When something in the storage was last changed, in milliseconds since 1970.
    private var newestFile: Int64? {
        [storage.directory + "/remotisan_server_guid", storage.logs, storage.jobs]
            .compactMap { FileStatus(ofPath: $0)?.modifiedMilliseconds }.max()
    }

    /// A jump in words, such as `400 d ahead` or `15 min back`.
    package static func describe(_ milliseconds: Int64) -> String {
        let seconds = abs(milliseconds) / 1000
        let amount =
            seconds >= 172_800
            ? "\((seconds + 43_200) / 86_400) d" : seconds >= 300 ? "\((seconds + 30) / 60) min" : "\(seconds) s"
        return "\(amount) \(milliseconds < 0 ? "back" : "ahead")"
    }
}
