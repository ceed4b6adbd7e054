import CPostgreSQL
import Core

/// An error of the server or of libpq.
struct PostgreSQLError: Error {
    /// The SQLSTATE code of the server; empty if it did not answer.
    let code: String
    let message: String
    /// The fault that an administrator has to repair; nil for any other error.
    let problem: StoreProblem?

    init(code: String = "", _ message: String) {
        self.code = code
        self.message = message
        problem = nil
    }

    /// An error that we found ourselves in what the server answered.
    init(_ problem: StoreProblem, _ message: String) {
        code = Self.own
        self.message = message
        self.problem = problem
    }

    init(_ failure: postgres_failure) {
        var failure = failure
        code = Self.text(&failure.sqlstate)
        message = Self.text(&failure.why)
        // XX001 and XX002 of appendix A of the manual: damaged data, and a damaged index.
        problem = ["XX001", "XX002"].contains(code) ? .malformed : nil
    }

    /// Whether the connection is unusable: the server did not answer, or announced the end (57P01 to 57P05).
    var isOfConnection: Bool { code.isEmpty || code.hasPrefix("57P") }

    /// The error for callers of the store.
    var storeError: StoreError {
        let detail = code.isEmpty ? "PostgreSQL: \(message)" : "PostgreSQL \(code): \(message)"
        if let problem { return .unusable(problem, problem == .malformed ? detail : message) }
        if code == Self.undefinedTable { return .unavailable("\(detail). \(Self.advice)") }
        // Appendix A of the manual: connection errors, rollbacks (deadlocks), lack of resources, locks that are not
        // available, cancellation by an operator or a timeout, system errors, and writes to a standby.
        let passing = ["08", "40", "53", "55", "57", "58"]
        let isPassing = code.isEmpty || code == "25006" || passing.contains { code.hasPrefix($0) }
        return isPassing ? .unavailable(detail) : .broken(detail)
    }

    /// The code of our own errors. It is not empty, because the server answered.
    private static let own = "-"
    static let undefinedTable = "42P01"
    /// What to do about missing or outdated tables.
    static let advice = "Its tables are not up to date: run `remotisan-broker migrate` once"

    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
