/// Why the store failed.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    /// It cannot be reached or written. The same call may succeed later.
    case unavailable(String)
    /// It reported an error in itself or in our statement.
    case broken(String)
    /// It can be reached, but must not be used until an administrator has repaired it.
    case unusable(StoreProblem, String)

    /// A sentence for the log. It is not shown in browsers.
    package var description: String {
        switch self {
        case .unavailable(let detail): "The store is not available: \(detail)."
        case .broken(let detail): "The store failed: \(detail)."
        case .unusable(let problem, let detail): "The store cannot be used (\(problem.rawValue)): \(detail)."
        }
    }
}

/// The fault of a store that an administrator has to repair. `GET /health` names it.
package enum StoreProblem: String, Sendable {
    /// The file or its write-ahead log is not the one that was opened, or is gone.
    case replaced
    /// Its disk or the server takes no changes.
    case readOnly = "read-only"
    /// Its content is damaged.
    case malformed
    /// A table is missing.
    case missingTable = "missing table"
    /// A newer version of the program changed its tables.
    case newerSchema = "newer schema"
    /// Its content is in another store now.
    case moved
}
