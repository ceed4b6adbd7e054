import CPostgreSQL
import Core

/// What the server, or the library, says went wrong.
struct PostgreSQLError: Error {
    /// The server's code; empty where it did not answer.
    let code: String
    let message: String

    init(code: String = "", _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ failure: postgres_failure) {
        var failure = failure
        code = Self.text(&failure.sqlstate)
        message = Self.text(&failure.why)
    }

    /// Whether the connection is of no use any more: there was no answer, or it was told that it ends (57P01 to 57P05).
    var isOfConnection: Bool { code.isEmpty || code.hasPrefix("57P") }

    /// What callers of the store are told.
    var storeError: StoreError {
        let detail = code.isEmpty ? "PostgreSQL: \(message)" : "PostgreSQL \(code): \(message)"
        if code == Self.undefinedTable { return .unavailable("\(detail). \(Self.advice)") }
        // Appendix A of the manual: connection, transaction rolled back (deadlocks), resources, limits of a row lock,
        // an operator's or a timeout's word, the system's own errors, a standby that cannot write.
        let passing = ["08", "40", "53", "55", "57", "58"]
        let isPassing = code.isEmpty || code == "25006" || passing.contains { code.hasPrefix($0) }
        return isPassing ? .unavailable(detail) : .broken(detail)
    }

    static let undefinedTable = "42P01"
    /// What an operator does about tables that are not there, or not ours yet.
    static let advice = "Its tables are not up to date: run `remotisan-broker migrate` once"

    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
