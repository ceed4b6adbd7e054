import Foundation
import Glibc

/// Gives an instance the UUID of an instance of the original, so that the executions of the original belong to it.
package enum ImportUUID {
    /// The UUID in a text: alone, or as Laravel's file cache stores it. Nil if there is none or more than one.
    package static func uuid(in text: String) -> String? {
        let found = Set(
            text.matches(of: #/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/#).map { String($0.output.0) })
        return found.count == 1 ? found.first : nil
    }

    /// Writes the UUID into a storage that has none.
    ///
    /// - Returns: The UUID that the storage has now: another one if it had that before.
    package static func write(_ uuid: String, into directory: String) throws(SystemError) -> String {
        try DurableFile.create(uuid + "\n", at: directory + "/remotisan_server_guid").trimmingWhitespace
    }

    /// Replaces the UUID that the programs made at their first start.
    ///
    /// - Throws: ``ImportError`` if the instance has executions with its UUID. ``BackupError`` if a program uses the
    ///   storage. ``StoreError``, ``SystemError``.
    package static func replace(with uuid: String, in storage: Storage, _ content: any StoreContent) throws {
        try storage.withoutPrograms {
            let isUsed = try content.change { store in
                try store.tables().filter { $0.name == "remotisan_executions" }.contains { table in
                    try !store.present([storage.serverUUID], in: "server_uuid", of: table).isEmpty
                }
            }
            guard !isUsed else {
                throw ImportError.other(
                    "This instance is \(storage.serverUUID) and has executions, so it keeps its UUID. Take the UUID of the "
                        + "original over before the first execution.")
            }
            try DurableFile.write(uuid + "\n", to: storage.directory + "/remotisan_server_guid")
        }
    }
}
