import Glibc
import Logging

/// Standard error as the place of a program's log.
///
/// The journal has the time and the program of each line. So if standard error is the journal, a line has neither, but
/// begins with its level as in `<3>` (sd-daemon(3)), and `journalctl --priority=err` finds it.
package enum StandardError {
    /// Whether standard error is a stream of the journal, as `JOURNAL_STREAM` says (systemd.exec(5)). A program that
    /// redirects standard error inherits the variable, so the device and the inode are compared.
    package static let isJournal: Bool = {
        var status = stat()
        guard let stream = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0 else { return false }
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }()

    /// A logger that writes to standard error.
    ///
    /// - Parameter program: The name of the program.
    package static func logger(_ program: String, level: Logger.Level) -> Logger {
        var log = Logger(label: program) { label -> any LogHandler in
            if isJournal { return JournalLogHandler() }
            return StreamLogHandler.standardError(label: label)
        }
        log.logLevel = level
        return log
    }

    /// Prints a sentence for the administrator.
    ///
    /// - Parameter program: The name of the program, which begins the line unless the journal names it.
    package static func report(_ sentence: String, of program: String, level: Logger.Level = .error) {
        write(isJournal ? JournalLogHandler.entry(sentence, level) : "\(program): \(sentence)\n")
    }

    /// Writes a text at once, so that lines of several threads and processes do not mix.
    fileprivate static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}

/// Writes lines for the journal.
struct JournalLogHandler: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let text = (["\(event.message)"] + details.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        StandardError.write(Self.entry(text, event.level))
    }

    /// A text as it is written to the journal. Each line is an entry, so each begins with the level.
    static func entry(_ text: String, _ level: Logger.Level) -> String {
        let priority =
            switch level {
            case .trace, .debug: 7
            case .info: 6
            case .notice: 5
            case .warning: 4
            case .error: 3
            case .critical: 2
            }
        return text.split(whereSeparator: \.isNewline).map { "<\(priority)>\($0)\n" }.joined()
    }
}
