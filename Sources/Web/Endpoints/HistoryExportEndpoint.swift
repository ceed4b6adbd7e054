import Core
import Foundation
import HTTPTypes
import Logging
import Synchronization

/// `GET /history/export`: all executions of a query that a person may see, as a file.
struct HistoryExportEndpoint: Endpoint {
    let history: ListHistory
    let permissions: Permissions
    let catalogue: Catalogue
    let registry: any InstanceStore
    let store: any ExecutionStore
    let storage: Storage
    let log: Logger

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let filters = HistoryFilters(request.query)
        let query = try filters.query()
        let format = try Self.format(request.query)
        let now = Clock.seconds()
        let seesAll = history.visibility(for: person) == .everything
        let rows = try HistoryRows(
            for: person, seesAll: seesAll, commands: catalogue.current, permissions: permissions, registry: registry,
            now: now)
        var export = try history.export(query, for: person, now: now)
        // The first part is read now, so that an error becomes an answer.
        let place = seesAll ? 0 : try history.count(query, for: person)
        let first = try export.next()
        if request.method != "HEAD" {
            let fields = filters.sent.map { "\($0.name)=\($0.value)" }
            try store.append(
                [.historyExported(as: format.rawValue, filters: fields)], by: person.actor(on: storage))
        }
        let name = "history-\(Date(timeIntervalSince1970: TimeInterval(now)).formatted(.iso8601.year().month().day()))"
        let parts = ExportParts(
            format: format, rows: rows, export: export, first: first, header: format.header(rows), place: place)
        return Response(
            headers: [
                .contentType: format.type,
                .contentDisposition: "attachment; filename=\"\(name).\(format.rawValue)\"",
            ],
            body: .parts { [log] in
                do {
                    return try parts.next()
                } catch {
                    log.error("an export of the history ended early", metadata: ["error": "\(error)"])
                    throw error
                }
            })
    }

    func takesLong(_ request: Request) -> Bool { true }

    private static func format(_ fields: Query) throws(HTTPError) -> ExportFormat {
        guard !fields.isArray("format") else { throw .invalid("format", "The format must be a single value.") }
        guard let name = fields["format"], !name.isEmpty else { return .csv }
        guard let format = ExportFormat(rawValue: name) else {
            let all = ExportFormat.allCases.map(\.rawValue).joined(separator: " or ")
            throw .invalid("format", "The format must be \(all).")
        }
        return format
    }
}

/// The text of an export, part by part.
private final class ExportParts: Sendable {
    private struct State {
        var export: HistoryExport
        /// Rows that have been read, but not written; nil at the end.
        var pending: [Execution]?
        var header: [UInt8]
        /// The place of the next row, see ``HistoryRows``.
        var place: Int
    }

    private let format: ExportFormat
    private let rows: HistoryRows
    private let state: Mutex<State>

    init(
        format: ExportFormat, rows: HistoryRows, export: HistoryExport, first: [Execution]?, header: [UInt8],
        place: Int
    ) {
        self.format = format
        self.rows = rows
        state = Mutex(State(export: export, pending: first ?? [], header: header, place: place))
    }

    /// The next part; nil at the end.
    func next() throws -> [UInt8]? {
        try state.withLock { state in
            guard let executions = try state.pending ?? state.export.next() else { return nil }
            state.pending = nil
            var text = state.header
            state.header = []
            text.reserveCapacity(text.count + 1024 * executions.count)
            for execution in executions {
                text = format.adding(rows.row(execution, place: max(1, state.place)), to: text)
                state.place -= 1
            }
            return text
        }
    }
}
