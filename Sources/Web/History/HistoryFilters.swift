import Core
import Foundation

/// The query fields of `GET /history`.
struct HistoryFilters {
    /// The fields that the links of a page repeat. `page` is not one of them.
    static let names = [
        "name", "command", "status", "uuid", "date_from", "date_to", "started_from", "started_before", "min_duration",
        "max_duration", "user", "token", "instance", "sort", "direction", "per_page",
    ]

    /// Maximum bytes of a field. The time of a search grows with its length.
    static let lengthLimit = 512

    private let fields: Query
    private let timeZone: TimeZone

    /// - Parameter timeZone: The zone of `date_from` and `date_to`.
    init(_ fields: Query, timeZone: TimeZone = .current) {
        self.fields = fields
        self.timeZone = timeZone
    }

    /// The fields of ``names`` that the request has, for the links of the page.
    var sent: [(name: String, value: String)] {
        Self.names.compactMap { name in fields[name].map { (name, $0) } }
    }

    /// The query that the fields describe. An empty field is ignored, and an invalid page number means page 1.
    ///
    /// - Parameter now: Unix seconds. Running executions have run until now.
    /// - Throws: 422 if a field is invalid.
    func query(now: Int64 = Clock.seconds()) throws(HTTPError) -> HistoryQuery {
        for name in Self.names + ["page"] where fields.isArray(name) {
            throw .invalid(name, "The \(name) must be a single value.")
        }
        for name in Self.names where (fields[name]?.utf8.count ?? 0) > Self.lengthLimit {
            throw .invalid(name, "The \(name) is longer than \(Self.lengthLimit) bytes.")
        }
        var query = HistoryQuery(visibility: .everything)
        query.page = max(1, field("page").flatMap { Int($0) } ?? 1)
        if let text = field("per_page") {
            guard let rows = Int(text), (1...HistoryQuery.perPageLimit).contains(rows) else {
                throw .invalid("per_page", "The per_page must be a number from 1 to \(HistoryQuery.perPageLimit).")
            }
            query.rowsPerPage = rows
        }
        query.name = field("name")
        query.text = field("command")
        query.uuid = field("uuid")
        query.user = field("user").flatMap { $0 == "null" ? nil : $0 }
        if let status = field("status") { query.status = .some(Int(status).flatMap(Status.init)) }
        query.from = [try day("date_from")?.start, try second("started_from")].compactMap { $0 }.max()
        query.until = [try day("date_to")?.end, try second("started_before")].compactMap { $0 }.min()
        query.instance = field("instance")
        if let token = field("token") {
            guard let filter = HistoryQuery.TokenFilter(token) else {
                throw .invalid("token", "The token must be any, none, or the number of an API token.")
            }
            query.token = filter
        }
        query.duration = HistoryQuery.DurationFilter(
            least: try seconds("min_duration"), most: try seconds("max_duration"), now: now)
        if let sort = field("sort") {
            guard let known = HistoryQuery.Sort(rawValue: sort) else {
                let all = HistoryQuery.Sort.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("sort", "The sort must be one of \(all).")
            }
            query.sort = known
        }
        switch field("direction") {
        case nil, "desc": query.ascending = false
        case "asc": query.ascending = true
        default: throw .invalid("direction", "The direction must be asc or desc.")
        }
        return query
    }

    private func field(_ name: String) -> String? {
        fields[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A time in Unix seconds. Clients in other time zones than the server's use it instead of a day.
    private func second(_ name: String) throws(HTTPError) -> Int64? {
        guard let text = field(name) else { return nil }
        guard let second = Int64(text) else { throw .invalid(name, "The \(name) must be a number of Unix seconds.") }
        return second
    }

    /// A duration in seconds.
    private func seconds(_ name: String) throws(HTTPError) -> Int64? {
        guard let text = field(name) else { return nil }
        guard let seconds = Int64(text), seconds >= 0 else {
            throw .invalid(name, "The \(name) must be a number of seconds.")
        }
        return seconds
    }

    /// The first second of a day and of the next day, in Unix seconds.
    private func day(_ name: String) throws(HTTPError) -> (start: Int64, end: Int64)? {
        guard let text = field(name) else { return nil }
        let invalid = HTTPError.invalid(
            name, Sentence("history.date", "The \(name, as: "name") is not a valid date. Write it as 2026-12-31."))
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], parts.joined().allSatisfy(\.isASCIIDigit),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { throw invalid }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let components = DateComponents(year: year, month: month, day: day)
        guard year > 0, components.isValidDate(in: calendar), let start = calendar.date(from: components),
            let end = calendar.date(byAdding: .day, value: 1, to: start)
        else { throw invalid }
        return (Int64(start.timeIntervalSince1970), Int64(end.timeIntervalSince1970))
    }
}
