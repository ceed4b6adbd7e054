/// Why something of the original was not imported. Nothing has changed then.
package enum ImportError: Error, Equatable, CustomStringConvertible {
    /// A file is not what it should be.
    case unusable(file: String, reason: String)
    /// Rows of a dump are malformed, in the order of the dump. The list is cut off.
    case rows(file: String, problems: [String], count: Int)
    /// The converted configuration is invalid.
    case configuration([String])
    case other(String)

    /// Sentences for the administrator.
    package var description: String {
        switch self {
        case .unusable(let file, let reason): "\(file) cannot be imported: \(reason)"
        case .rows(let file, let problems, let count):
            """
            \(file): \(count) row\(count == 1 ? "" : "s") cannot be imported, so nothing was. Correct the dump, or leave \
            such rows out with --skip-invalid.
            """ + problems.map { "\n  \($0)" }.joined()
        case .configuration(let problems):
            """
            The configuration of the original has values that are not valid here. Change them in the dump, and import it \
            again.
            """ + problems.map { "\n  \($0)" }.joined()
        case .other(let text): text
        }
    }
}
