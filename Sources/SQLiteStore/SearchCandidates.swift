import Core
import GRDB
import SQLStore

/// The executions among which a search finds all its rows, by ``SearchIndex``.
struct SearchCandidates {
    /// A SELECT of their numbers as `found`.
    private(set) var sql: SQL
    /// The table of the index, and what it is searched for.
    private let table: SQL
    private let term: String
    private let indexed: Int64
    /// Whether each of those that are in the index contains the text. If not, some may only have the same trigrams.
    let areExact: Bool

    /// Number of characters of a trigram. Shorter texts are not in the index.
    private static let length = 3
    /// Trigrams of a UUID that are looked up. A UUID has 34, and FTS5 limits how many it takes.
    private static let maxTrigrams = 40

    /// Number of executions that tell how frequent a text is.
    private static let sample: Int64 = 1000

    /// Nil if the query searches for no text that the index knows.
    init?(_ query: HistoryQuery, by index: SearchIndex) {
        if let uuid = query.uuid, JobUUID(uuid) == nil, let trigrams = Self.trigrams(uuid) {
            let all = trigrams.prefix(Self.maxTrigrams).map(Self.quoted).joined(separator: " AND ")
            (table, term, areExact) = ("remotisan_search_uuids", all, false)
        } else if let text = query.text, Self.trigrams(text) != nil {
            (table, term, areExact) = ("remotisan_search_texts", Self.quoted(text.lowercasedASCII), true)
        } else {
            return nil
        }
        indexed = index.indexed
        sql = """
            SELECT rowid AS found FROM \(literal: table) WHERE \(literal: table) MATCH \(term)
            UNION ALL SELECT id FROM remotisan_executions WHERE id > \(indexed)
            """
    }

    /// The candidates for the first rows in an order of time, of many.
    ///
    /// The index has its rows in the order of their numbers, which is nearly that of time. If the first rows in that
    /// order begin at some time, all rows that come before it in time are among them, or have an earlier number and a
    /// later time. An index of times alone finds the latter.
    ///
    /// - Parameters:
    ///   - first: Number of rows.
    ///   - condition: The condition that they meet.
    ///   - ascending: Whether the oldest rows come first.
    init(_ all: SearchCandidates, first: Int, _ condition: SQL, ascending: Bool, in db: Database) throws {
        self = all
        let direction = SQL(sql: ascending ? "ASC" : "DESC")
        let nearest: SQL = """
            SELECT id, executed_at FROM \(literal: table) AS t CROSS JOIN remotisan_executions ON id = t.rowid
            WHERE \(literal: table) MATCH \(term) AND \(literal: condition)
            ORDER BY t.rowid \(literal: direction) LIMIT \(first)
            """
        let rows = try SQLRequest<Row>(literal: nearest).fetchAll(db)
        let ids = rows.compactMap { $0.integer(0) as Int64? }
        let times = rows.compactMap { $0.integer(1) as Int64? }
        guard rows.count == first, ids.count == first, times.count == first, let id = ids.last,
            let time = ascending ? times.max() : times.min()
        else { return }
        let others: SQL =
            ascending ? "executed_at <= \(time) AND id > \(id)" : "executed_at >= \(time) AND id < \(id)"
        sql = """
            SELECT id AS found FROM (\(literal: nearest)) UNION ALL
            SELECT id FROM remotisan_executions WHERE \(literal: others) AND id <= \(indexed) UNION ALL
            SELECT id FROM remotisan_executions WHERE id > \(indexed)
            """
    }

    /// The different trigrams of a text; nil if it is too short.
    private static func trigrams(_ text: String) -> [String]? {
        let scalars = Array(text.lowercasedASCII.unicodeScalars)
        guard scalars.count >= length else { return nil }
        let all = (0...scalars.count - length).map { start in
            var trigram = String.UnicodeScalarView()
            trigram.append(contentsOf: scalars[start..<start + length])
            return Array(String(trigram).utf8)
        }
        return Set(all).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A string of FTS5 (section 3.1).
    private static func quoted(_ text: String) -> String {
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }

    /// The number of candidates in the index, but not more than a limit.
    func countIndexed(_ db: Database, upTo limit: Int) throws -> Int {
        try SQLRequest<Int>(
            literal: """
                SELECT count(*) FROM (
                    SELECT 1 FROM \(literal: table) WHERE \(literal: table) MATCH \(term) LIMIT \(limit)
                )
                """
        ).fetchOne(db) ?? 0
    }

    /// Whether reading many candidates finds the rows of a query sooner than searching in the text of each row that meets
    /// the other conditions.
    func isBest(for query: HistoryQuery, fewCandidates: Int, in db: Database) throws -> Bool {
        let rest = HistoryCondition(query.withoutSearch)
        // Candidates lie in the order of the table. Rows of some time may be far from the first ones.
        guard rest.isCounted else { return false }
        let matching = try rest.count(db)
        if matching <= fewCandidates { return false }
        let rows = try HistoryCondition.countRows(of: nil, in: db)
        // The newest candidates tell how frequent the text is.
        let near =
            try SQLRequest<Int>(
                literal: """
                    SELECT count(*) FROM \(literal: table)
                    WHERE \(literal: table) MATCH \(term) AND rowid > \(indexed - Self.sample)
                    """
            ).fetchOne(db) ?? 0
        return matching * Int(Self.sample) > near * rows
    }

    /// The number of rows after those in the index that meet a condition.
    func countLater(_ db: Database, _ condition: SQL) throws -> Int {
        try SQLRequest<Int>(
            literal: "SELECT count(*) FROM remotisan_executions WHERE id > \(indexed) AND \(literal: condition)"
        ).fetchOne(db) ?? 0
    }

    /// A FROM clause of the candidates. CROSS JOIN keeps SQLite from reading all rows in another order instead (The
    /// SQLite Query Optimizer Overview, section 7.3.2).
    var from: SQL { "(\(literal: sql)) CROSS JOIN remotisan_executions ON id = found" }
}
