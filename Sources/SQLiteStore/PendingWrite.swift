import Core
import Dispatch
import GRDB

/// A write that waits for its turn. The thread that writes next commits it together with its own.
///
/// It is `@unchecked Sendable`, because ``WriterQueue`` lends it to one thread at a time.
final class PendingWrite: @unchecked Sendable {
    private let body: (Database) throws -> Void
    /// Signalled when it is done.
    let end = DispatchSemaphore(value: 0)
    private(set) var isDone = false
    private var error: StoreError?

    init(_ body: @escaping (Database) throws -> Void) {
        self.body = body
    }

    /// Throws what made it fail.
    func finish() throws(StoreError) {
        if let error { throw error }
    }

    /// Runs it alone in a transaction.
    func run(_ db: Database) throws {
        try body(db)
    }

    /// Runs it within a transaction of several. If it fails, the others are kept.
    ///
    /// - Throws: The error, if SQLite has rolled the whole transaction back.
    func runAmongOthers(_ db: Database) throws {
        do {
            try db.inSavepoint {
                try body(db)
                return .commit
            }
        } catch {
            // https://www.sqlite.org/lang_transaction.html, "Response to errors within a transaction"
            guard db.isInsideTransaction else { throw error }
            do {
                try SQLiteStore.translating { throw error }
            } catch let error {
                self.error = error
            }
        }
    }

    /// Ends it, after the commit or the failure of the transaction.
    func end(_ failure: StoreError?) {
        error = error ?? failure
        isDone = true
        end.signal()
    }
}
