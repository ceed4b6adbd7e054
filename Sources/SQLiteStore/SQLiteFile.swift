import Core
import Foundation

/// `database: sqlite`, the default: a file in the storage.
package struct SQLiteFile: StoreBackend, Equatable {
    package static let usage = "sqlite"
    package static let isShared = false

    package init() {}

    package init?(parsing text: String) {
        guard text == "sqlite" else { return nil }
    }

    package mutating func use(passwordFile: String) throws(AddressError) {
        throw AddressError("sqlite takes no password. Remove it.")
    }

    package var containsPassword: Bool { false }

    package var files: [(key: String, file: String)] { [] }

    package func open(in storage: Storage, isMigrating: Bool) throws(StoreError) -> Stores {
        let store = try SQLiteStore(path: storage.database)
        if store.isAnother { storage.expectLostExecutions() }
        // No administrator migrates an embedded database, so every program does.
        return Stores(store, migrated: try store.migrate())
    }

    package func content(in storage: Storage) -> any StoreContent { SQLiteContent(path: storage.database) }

    package func findings(in storage: Storage, migrated: [String]) -> [Finding] {
        let path = storage.database
        let file = FileHandle(forReadingAtPath: path)
        defer { try? file?.close() }
        let header = (try? file?.read(upToCount: 20)).map { Array($0) } ?? []
        return StoreCheck(path: path, size: FileStatus(ofPath: path)?.size, header: header, migrated: migrated).findings
    }
}
