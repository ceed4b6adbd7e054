import Core
import Dispatch

/// `GET /execute/{uuid}/search`: one step of a search in a log.
struct SearchEndpoint: Endpoint {
    let watching: WatchExecution
    let redirect: InstanceRedirect
    let limit: SearchLimit

    /// Maximum bytes of the text. The time of a search does not grow with it, but a longer one is a mistake.
    static let lengthLimit = 512

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        guard let view = try watching.view(try values.jobUUID, for: person) else { throw HTTPError(.notFound) }
        let query = try Self.query(request.query)
        guard view.isHere else {
            let sent = ["q", "from", "to", "direction", "case", "count"].compactMap { name in
                request.query[name].map { "\(name)=\(PercentEncoding.encode($0))" }
            }
            return try redirect.response(to: request, view, suffix: "/search?\(sent.joined(separator: "&"))")
        }
        let search = LogSearch(view.files, encoding: view.encoding)
        let result = try limit.limit { try search.step(query) { !request.isAbandoned() } }
        return try JSON.response(
            Answer(
                match: Nullable(result.match), line: Nullable(result.line), count: result.count,
                next: Nullable(result.next), size: result.size))
    }

    private struct Answer: Encodable {
        let match: Nullable<Int64>
        let line: Nullable<Int64>
        let count: Int
        let next: Nullable<Int64>
        let size: Int64
    }

    private static func query(_ fields: Query) throws(HTTPError) -> LogSearch.Query {
        guard let text = fields["q"], !text.isEmpty, text.utf8.count <= lengthLimit,
            !text.utf8.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") })
        else {
            throw .invalid("q", "The q must be a text of 1 to \(lengthLimit) bytes without line breaks.")
        }
        let goesBackward: Bool
        switch fields["direction"] {
        case nil, "forward": goesBackward = false
        case "backward": goesBackward = true
        default: throw .invalid("direction", "The direction must be forward or backward.")
        }
        return LogSearch.Query(
            text: text, ignoresCase: fields["case"] != "1",
            from: try offset("from", in: fields) ?? (goesBackward ? .max : 0),
            end: try offset("to", in: fields) ?? .max, goesBackward: goesBackward, countsAll: fields["count"] == "1")
    }

    private static func offset(_ name: String, in fields: Query) throws(HTTPError) -> Int64? {
        guard let text = fields[name], !text.isEmpty else { return nil }
        guard let offset = Int64(text), offset >= 0 else {
            throw .invalid(name, "The \(name) must be a number of bytes.")
        }
        return offset
    }
}

/// Lets a quarter of the threads search at the same time, so that searches do not delay polls.
final class SearchLimit: Sendable {
    /// Seconds that a search waits for the others.
    private static let timeout = 2.0

    private let slots: DispatchSemaphore

    /// - Parameter threads: Number of requests that are answered at the same time.
    init(threads: Int) {
        slots = DispatchSemaphore(value: max(1, threads / 4))
    }

    /// Makes a step of a search.
    ///
    /// - Throws: ``HTTPError`` with 503 if others search for too long; what `body` throws.
    func limit<Value>(_ body: () throws -> Value) throws -> Value {
        guard slots.wait(timeout: .now() + Self.timeout) == .success else {
            throw HTTPError.busy("Others search in logs at the moment. Try again in a few seconds.")
        }
        defer { slots.signal() }
        return try body()
    }
}
