import Core
import SQLiteStore
import TestSupport

/// An empty store for one test.
struct TemporaryStore {
    let directory: TemporaryDirectory
    let store: SQLiteStore
    var path: String { directory.path + "/remotisan.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.path + "/remotisan.sqlite")
        try store.migrate()
    }
}
