/// Why the store did not answer.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    /// It cannot be reached or written now; the same call may work later.
    case unavailable(String)
    /// It answered that something is wrong with it or with us.
    case broken(String)

    /// A sentence for the operator's log; never for a person's browser.
    package var description: String {
        switch self {
        case .unavailable(let detail): "The audit store is not available: \(detail)."
        case .broken(let detail): "The audit store failed: \(detail)."
        }
    }
}
