import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct PostgreSQLHistoryMeasurement {
    @Test(.enabled(if: HistoryMeasurement.isWanted))
    func `pages of a history of a million rows`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql(
            """
            INSERT INTO remotisan_executions
                (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status)
            SELECT lpad(to_hex(i), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(i), 12, '0'),
                '\(HistoryMeasurement.server)',
                CASE WHEN i % 200000 = 7 THEN 'rare' ELSE 'user ' || (i % 100) END,
                CASE WHEN i % 250000 = 9 THEN 'rare:command' WHEN i < 2000 THEN 'old:command'
                    ELSE 'command:' || (i % 50) END,
                'number ' || i, 1780000000 + i * 10, 1780000000 + i * 10 + i % 1000,
                CASE WHEN i % 333333 = 1 THEN 1 WHEN i < 2000 AND i % 100 = 3 THEN 4
                    WHEN i % 10 = 0 THEN 3 ELSE 2 END
            FROM generate_series(1, \(HistoryMeasurement.rows)) AS n (i)
            """)
        try temporary.store.register(.sample())
        // As the server does by itself a minute later.
        try temporary.sql("VACUUM ANALYZE")
        try HistoryMeasurement.run(temporary.store)
        print(
            "measured", try temporary.sql("SELECT pg_total_relation_size('remotisan_executions')"), "bytes of table")
    }
}
