import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

struct SQLiteHistoryMeasurement {
    @Test(.enabled(if: HistoryMeasurement.isEnabled))
    func `measure queries of a history with a million rows`() throws {
        let temporary = try TemporaryStore()
        try Self.fill(temporary.store)
        try HistoryMeasurement.run(temporary.store)
        let size = try FileManager.default.attributesOfItem(atPath: temporary.path)[.size] ?? 0
        print("measured \(size) bytes of file")
    }

    private static func fill(_ store: SQLiteStore) throws {
        try store.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO remotisan_executions
                        (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at,
                         process_status)
                    SELECT printf('%08x-0000-4000-8000-%012x', i, i), ?,
                        \(HistoryMeasurement.columns)
                    FROM n
                    """, arguments: [HistoryMeasurement.rows, HistoryMeasurement.server])
        }
    }
}
