/// Why a kill list did not do what was asked.
package enum KillListError: Error, Equatable, CustomStringConvertible {
    /// Its server cannot be reached now; the same call may work later.
    case unreachable(String)
    /// Its server answered that something is wrong.
    case refused(String)

    /// A sentence for the operator's log. Never holds a password.
    package var description: String {
        switch self {
        case .unreachable(let detail): "The kill list cannot be reached: \(detail)."
        case .refused(let detail): "The kill list refused: \(detail)."
        }
    }
}
