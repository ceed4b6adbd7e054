import Core
import Dispatch

/// `GET /execute/{uuid}/search`: one step of a search in a log.
struct SearchEndpoint: Endpoint {
    let watching: WatchExecution
    let redirect: InstanceRedirect
    let limit: SearchLimit

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        guard let view = try watching.view(try values.jobUUID, for: person) else { throw HTTPError(.notFound) }
        let query = try SearchQuery(request.query)
        guard view.isHere else {
            let sent = SearchQuery.fields.compactMap { name in
                request.query[name].map { "\(name)=\(PercentEncoding.encode($0))" }
            }
            return try redirect.response(to: request, view, suffix: "/search?\(sent.joined(separator: "&"))")
        }
        let result = try limit.limit {
            try query.step(in: view.files, encoding: view.encoding) { !request.isAbandoned() }
        }
        if result.isTooSlow {
            throw HTTPError.invalid(
                "q", Sentence("search.slow", "The search for this expression takes too long. Simplify it."))
        }
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
            throw HTTPError.busy(
                Sentence("search.busy", "Others search in logs at the moment. Try again in a few seconds."))
        }
        defer { slots.signal() }
        return try body()
    }
}
