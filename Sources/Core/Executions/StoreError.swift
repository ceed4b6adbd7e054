/// Why the store failed.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    /// It cannot be reached or written. The same call may succeed later.
    case unavailable(String)
    /// It reported an error in itself or in our statement.
    case broken(String)

    /// A sentence for the log. It is not shown in browsers.
    package var description: String {
        switch self {
        case .unavailable(let detail): "The audit store is not available: \(detail)."
        case .broken(let detail): "The audit store failed: \(detail)."
        }
    }
}
