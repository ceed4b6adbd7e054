import Logging
import Synchronization

/// A log that stores its messages.
package final class RecordedLog: Sendable {
    private let messages = Mutex<[String]>([])

    package init() {}

    /// A logger that writes to this log, at every level.
    package var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .debug
        return logger
    }

    /// Whether the log contains a message.
    package func has(_ message: String) -> Bool { count(message) > 0 }

    /// How often the log contains a message.
    package func count(_ message: String) -> Int { messages.withLock { $0.count { $0 == message } } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.messages.withLock { $0.append(event.message.description) }
        }
    }
}
