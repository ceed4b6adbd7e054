import Core
import Foundation

/// `GET /history`: a page of what this person sees, in the original's paginator.
struct HistoryEndpoint: Endpoint {
    let history: ListHistory
    let permissions: Permissions
    let catalogue: Catalogue
    let origin: Origin
    let registry: any InstanceStore

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let query = try Self.query(request.query)
        let page = try history.page(query, for: person)
        let runnable = catalogue.names(for: person, permissions)
        let known = try registry.instances()
        // One instance alone is no news in every row.
        let instances = Dictionary(known.count > 1 ? known.map { ($0.serverUUID, $0) } : []) { first, _ in first }
        let now = Clock.seconds()
        let rows = page.rows.map { row in
            HistoryRow(
                row, canKill: !row.status.isEnded && permissions.mayKill(ownedBy: row.userIdentifier, person),
                canRun: runnable.contains(row.command), instance: instances[row.serverUUID], now: now)
        }
        return try JSON.response(
            Paginator(
                rows: rows, total: page.total, page: query.page, path: origin.base(of: request) + "/history",
                filters: Self.filters.compactMap { name in request.query[name].map { (name, $0) } }))
    }

    private static let filters = [
        "name", "command", "status", "uuid", "date_from", "date_to", "user", "sort", "direction",
    ]

    /// Reads the filters. An empty one is none.
    ///
    /// - Throws: ``HTTPError``, 422.
    static func query(_ fields: Query, timeZone: TimeZone = .current) throws(HTTPError) -> HistoryQuery {
        for name in filters + ["page"] where fields.isStrange(name) {
            throw .invalid(name, "The \(name) must be a single value.")
        }
        func field(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }

        var query = HistoryQuery(visibility: .everything)
        query.page = max(1, field("page").flatMap { Int($0) } ?? 1)
        query.name = field("name")
        query.text = field("command")
        query.uuid = field("uuid")
        query.user = field("user").flatMap { $0 == "null" ? nil : $0 }
        if let status = field("status") { query.status = .some(Int(status).flatMap(Status.init)) }
        query.from = try field("date_from").map { text throws(HTTPError) in
            try day(text, "date_from", timeZone).start
        }
        query.until = try field("date_to").map { text throws(HTTPError) in try day(text, "date_to", timeZone).end }
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

    /// First second of a day and of the next one, in the server's zone.
    private static func day(
        _ text: String, _ field: String, _ zone: TimeZone
    ) throws(HTTPError) -> (start: Int64, end: Int64) {
        let problem = HTTPError.invalid(field, "The \(field) is not a valid date; write it as 2026-12-31.")
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], parts.joined().allSatisfy(\.isASCIIDigit),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { throw problem }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let components = DateComponents(year: year, month: month, day: day)
        guard year > 0, components.isValidDate(in: calendar), let start = calendar.date(from: components),
            let end = calendar.date(byAdding: .day, value: 1, to: start)
        else { throw problem }
        return (Int64(start.timeIntervalSince1970), Int64(end.timeIntervalSince1970))
    }
}
