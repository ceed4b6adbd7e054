import Core
import GRDB
import SQLStore

/// How the rows of a history query are found and counted.
struct HistoryPlan {
    /// The number of rows.
    let total: Int
    /// Whether there are not more rows than ``total``.
    let isTotalExact: Bool
    /// The rows among which a search looks; nil to look at all.
    private(set) var candidates: SearchCandidates?
    /// All candidates, if they are too many to read each of them.
    private var many: SearchCandidates?

    /// Candidates up to which reading each of them is fast. If there are more, the rows of a page lie close together in
    /// most orders, and reading all rows in that order finds them soon.
    static let fewCandidates = 20_000
    /// Rows up to which an order of time takes them from the index of a search.
    private static let deepest = 10_000

    /// - Parameters:
    ///   - query: The query.
    ///   - db: The database.
    ///   - fewCandidates: Candidates up to which each is read.
    ///   - fewRows: Rows of a filter up to which each is read.
    init(
        _ query: HistoryQuery, in db: Database, fewCandidates: Int = Self.fewCandidates,
        fewRows: Int = HistoryStatement.Limits().fewRows
    ) throws {
        var condition = HistoryCondition(query)
        if !condition.isCounted {
            condition = try HistoryCondition(
                query, by: HistoryCondition.indexes(for: query, total: nil, fewRows: fewRows, in: db))
        }
        let limit = query.countLimit
        let counted: Int
        if query.isSearch, let index = try SearchIndex(in: db),
            let all = SearchCandidates(query, by: index)
        {
            let isCountedByIndex = all.areExact && condition.isTextAlone
            let found = try all.countIndexed(
                db, upTo: isCountedByIndex ? limit.map { max($0, fewCandidates) + 1 } ?? -1 : fewCandidates + 1)
            let isFew = found <= fewCandidates
            if isFew { candidates = all } else { many = all }
            if isCountedByIndex {
                counted = try found + all.countLater(db, condition.sql)
            } else {
                let isBest = try isFew || all.isBest(for: query, fewCandidates: fewCandidates, in: db)
                counted = try (isBest && !isFew ? HistoryCondition(query, by: .none) : condition)
                    .count(db, upTo: limit.map { $0 + 1 }, among: isBest ? all : nil)
            }
        } else {
            counted = try condition.count(db, upTo: limit.map { $0 + 1 })
        }
        isTotalExact = limit.map { counted <= $0 } ?? true
        total = min(counted, limit ?? counted)
    }

    /// Chooses the candidates for a page of many rows in the order of time.
    ///
    /// - Parameter leastRows: Rows from which on it does that. Finding the first of few rows among many candidates takes
    ///   long.
    mutating func choose(for page: PageWindow, of query: HistoryQuery, leastRows: Int = Self.deepest, in db: Database)
        throws
    {
        let reach = page.offset + page.count
        guard let many, query.sort == .executedAt, query.maxRecords == nil, reach <= Self.deepest,
            total >= leastRows
        else { return }
        candidates = try SearchCandidates(
            many, first: reach, HistoryCondition(query, by: .none).sql,
            ascending: query.ascending != page.isFromTheEnd, in: db)
    }

    /// The rows among which a search looks; nil to look at all.
    static func candidates(_ query: HistoryQuery, in db: Database) throws -> SearchCandidates? {
        guard query.isSearch, let index = try SearchIndex(in: db), let all = SearchCandidates(query, by: index),
            try all.countIndexed(db, upTo: fewCandidates + 1) <= fewCandidates
        else { return nil }
        return all
    }
}
