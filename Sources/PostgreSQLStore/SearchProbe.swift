import Core
import SQLStore

/// Counts the newest rows with a text, to tell whether it is frequent.
///
/// PostgreSQL cannot know that. For a text in one row of ten, it reads the whole list of a hundred thousand rows from the
/// index of trigrams, although the newest rows already contain the page.
struct SearchProbe {
    let query: Query

    private static let rows = 1000
    /// Rows among those from which on a text is frequent.
    private static let frequent = 50

    /// Nil if the query does not search.
    init?(_ query: HistoryQuery) {
        guard query.isSearch else { return nil }
        var search = HistoryQuery(visibility: .everything)
        search.text = query.text
        search.uuid = query.uuid
        var values = Values()
        let condition = HistoryCondition(search, &values).sql
        self.query = .once(
            """
            SELECT count(*) FROM (
                SELECT command, parameters, job_uuid FROM remotisan_executions
                ORDER BY executed_at DESC, id DESC LIMIT \(Self.rows)
            ) AS newest WHERE \(condition)
            """, values.all)
    }

    /// Whether a text is frequent that so many of the newest rows contain.
    static func isFrequent(found: Int) -> Bool { found >= frequent }
}
