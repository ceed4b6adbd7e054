import Core

/// What to search for in a log, and where: the fields of `GET /execute/{uuid}/search`.
enum SearchQuery: Sendable {
    case matches(LogSearch.Query)
    /// Counts line breaks, up to a limit.
    case lines(Range<Int64>, limit: Int)

    static let fields = ["q", "mode", "from", "to", "direction", "case", "count"]

    /// Maximum bytes of `q`. The time of a search does not grow with it, but a longer one is a mistake.
    private static let lengthLimit = 512

    init(_ fields: Query) throws(HTTPError) {
        let goesBackward: Bool
        switch fields["direction"] {
        case nil, "forward": goesBackward = false
        case "backward": goesBackward = true
        default: throw .invalid("direction", "The direction must be forward or backward.")
        }
        let from = try Self.offset("from", in: fields)
        let end = try Self.offset("to", in: fields) ?? .max
        let countsAll = fields["count"] == "1"
        let ignoresCase = fields["case"] != "1"
        let subject: LogSearch.Subject
        switch fields["mode"] {
        case nil, "", "text": subject = .text(try Self.text(in: fields), ignoresCase: ignoresCase)
        case "regex":
            guard let expression = LogExpression(try Self.text(in: fields), ignoresCase: ignoresCase) else {
                throw .invalid(
                    "q", Sentence("search.expression", "The server cannot search for this regular expression."))
            }
            subject = .expression(expression)
        case "errors":
            guard !goesBackward else { throw .invalid("direction", "The mode errors searches forward only.") }
            subject = .errorLines
        case "lines":
            guard !goesBackward else { throw .invalid("direction", "The mode lines searches forward only.") }
            let start = from ?? 0
            self = .lines(start..<max(start, end), limit: countsAll ? .max : try Self.number(in: fields))
            return
        default: throw .invalid("mode", "The mode must be text, regex, errors or lines.")
        }
        self = .matches(
            LogSearch.Query(
                subject, from: from ?? (goesBackward ? .max : 0), end: end, goesBackward: goesBackward,
                countsAll: countsAll))
    }

    /// Makes a step of the search.
    func step(
        in files: JobFiles, encoding: LogEncoding, isWanted: () -> Bool
    ) throws(SystemError) -> LogSearch.Result {
        switch self {
        case .matches(let query): try LogSearch(files, encoding: encoding).step(query, isWanted: isWanted)
        case .lines(let range, let limit): try LineBreakSearch(files).step(in: range, limit: limit, isWanted: isWanted)
        }
    }

    private static func text(in fields: Query) throws(HTTPError) -> String {
        guard let text = fields["q"], !text.isEmpty, text.utf8.count <= lengthLimit,
            !text.utf8.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") })
        else {
            throw .invalid("q", "The q must be a text of 1 to \(lengthLimit) bytes without line breaks.")
        }
        return text
    }

    private static func number(in fields: Query) throws(HTTPError) -> Int {
        guard let number = fields["q"].flatMap({ Int($0) }), number > 0 else {
            throw .invalid("q", "The q must be a number of line breaks, at least 1.")
        }
        return number
    }

    private static func offset(_ name: String, in fields: Query) throws(HTTPError) -> Int64? {
        guard let text = fields[name], !text.isEmpty else { return nil }
        guard let offset = Int64(text), offset >= 0 else {
            throw .invalid(name, "The \(name) must be a number of bytes.")
        }
        return offset
    }
}
