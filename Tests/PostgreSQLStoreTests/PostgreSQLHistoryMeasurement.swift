import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct PostgreSQLHistoryMeasurement {
    @Test(.enabled(if: HistoryMeasurement.isEnabled))
    func `measure queries of a history with a million rows`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql(
            """
            INSERT INTO remotisan_executions
                (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status)
            SELECT lpad(to_hex(i), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(i), 12, '0'),
                '\(HistoryMeasurement.server)',
                \(HistoryMeasurement.columns)
            FROM generate_series(1, \(HistoryMeasurement.rows)) AS n (i)
            """)
        try temporary.store.register(.sample())
        // The server does the same within a minute.
        try temporary.sql("VACUUM ANALYZE")
        try HistoryMeasurement.run(temporary.store)
        print(
            "measured", try temporary.sql("SELECT pg_total_relation_size('remotisan_executions')"), "bytes of table")
    }
}
