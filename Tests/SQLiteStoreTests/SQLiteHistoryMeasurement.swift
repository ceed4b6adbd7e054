import Core
import Foundation
import TestSupport
import Testing

@testable import SQLiteStore

struct SQLiteHistoryMeasurement {
    @Test(.enabled(if: HistoryMeasurement.isEnabled))
    func `measure queries of a history with a million rows`() throws {
        let temporary = try TemporaryStore()
        try temporary.fill(
            rows: HistoryMeasurement.rows, of: HistoryMeasurement.server, uuidNumber: "i",
            columns: HistoryMeasurement.columns)
        try HistoryMeasurement.run(temporary.store)
        let size = try FileManager.default.attributesOfItem(atPath: temporary.path)[.size] ?? 0
        print("measured \(size) bytes of file")
    }
}
