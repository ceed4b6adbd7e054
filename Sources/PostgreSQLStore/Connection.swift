import CPostgreSQL
import Core
import Glibc

/// A connection to PostgreSQL.
///
/// Unchecked: it belongs to one thread at a time, to which ``ConnectionPool`` hands it out.
final class Connection: @unchecked Sendable {
    private let raw: OpaquePointer
    /// Names of the statements that the server keeps for this connection.
    private var prepared: [String: String] = [:]
    private var preparations = 0
    /// Whether the next one may use it: it is there, and in no transaction.
    private(set) var isUsable = true

    /// How long things may take, in milliseconds.
    struct Timeouts: Sendable {
        /// Connecting, for each of the hosts; PostgreSQL's library knows whole seconds, two at the least.
        var connecting: Int64 = 3000
        /// One statement, locks that it waits for included.
        var statement: Int64 = 10_000
        /// What the server may be silent for longer than that.
        var silence: Int64 = 1000
    }

    private let timeout: Timeouts

    /// Connects.
    ///
    /// - Throws: ``PostgreSQLError``.
    init(_ server: PostgreSQLServer, _ timeout: Timeouts) throws(PostgreSQLError) {
        self.timeout = timeout
        // The first ones may be said otherwise by the configuration, the last ones not.
        var settings = [
            ("connect_timeout", String(max(2, timeout.connecting / 1000))), ("application_name", "remotisan"),
        ]
        // A standby would answer reads, and every write with an error.
        if server.hasSeveralHosts { settings.append(("target_session_attrs", "read-write")) }
        for setting in server.settings {
            settings.removeAll { $0.0 == setting.keyword }
            settings.append((setting.keyword, setting.value))
        }
        settings.removeAll { $0.0 == "client_encoding" }
        settings.append(("client_encoding", "UTF8"))
        if let password = try Self.password(of: server) { settings.append(("password", password.text)) }
        var failure = postgres_failure()
        let keywords = CStrings(settings.map(\.0))
        let values = CStrings(settings.map(\.1))
        guard let raw = postgres_open(keywords.pointers, values.pointers, &failure) else {
            throw PostgreSQLError(failure)
        }
        self.raw = raw
        _ = try run([
            .once(
                """
                SELECT set_config('statement_timeout', $1, false), set_config('client_min_messages', 'error', false),
                    set_config('default_transaction_isolation', 'read committed', false),
                    set_config('idle_in_transaction_session_timeout', '30000', false)
                """, [Value(timeout.statement)]),
            // An audit that a crash can thin out is none. Stronger settings than `on` stay.
            .once(
                """
                SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit') = 'off'
                """),
        ])
    }

    deinit {
        postgres_shut(raw)
    }

    /// Whether it is still there, as far as can be told without asking.
    var isAlive: Bool { isUsable && postgres_is_alive(raw) != 0 }

    /// Does statements in one transaction and one round trip; after one that fails, none is done.
    ///
    /// - Parameter isHasty: false waits for the server as long as it takes.
    /// - Throws: ``PostgreSQLError``, that of the first statement that failed.
    func run(_ queries: [Query], isHasty: Bool = true) throws(PostgreSQLError) -> [QueryResult] {
        var failure = postgres_failure()
        func sent(_ code: Int32) throws(PostgreSQLError) {
            guard code != 0 else { return }
            isUsable = false
            throw PostgreSQLError(failure)
        }
        // What will be answered: the name of a preparation, or nil for a statement.
        var expected: [(sql: String, name: String)?] = []
        for query in queries {
            var name: String?
            if query.isPrepared {
                name = prepared[query.sql]
                if name == nil {
                    preparations += 1
                    let new = "remotisan_\(preparations)"
                    try sent(postgres_prepare(raw, new, query.sql, &failure))
                    expected.append((query.sql, new))
                    name = new
                }
            }
            let values = CStrings(query.values.map(\.text))
            try sent(
                postgres_send(raw, name, query.sql, Int32(query.values.count), values.pointers, &failure))
            expected.append(nil)
        }
        try sent(postgres_sync(raw, &failure))
        return try answers(expected, isHasty ? timeout.statement + timeout.silence : -1)
    }

    /// Several runs in one transaction; it must begin and end it itself. Where it fails, the connection is given up,
    /// and the transaction with it.
    ///
    /// - Throws: What `body` throws.
    func transaction<Result>(_ body: () throws(PostgreSQLError) -> Result) throws(PostgreSQLError) -> Result {
        do {
            return try body()
        } catch {
            isUsable = false
            throw error
        }
    }

    private func answers(_ expected: [(sql: String, name: String)?], _ timeout: Int64) throws(PostgreSQLError)
        -> [QueryResult]
    {
        var failure = postgres_failure()
        var first: PostgreSQLError?
        var answers: [QueryResult] = []
        for index in 0...expected.count {
            var result: OpaquePointer?
            switch postgres_next(raw, timeout, &result, &failure) {
            case 1:
                guard let result else { continue }
                let answer = QueryResult(result)
                if let preparation = expected[index] {
                    prepared[preparation.sql] = preparation.name
                } else {
                    answers.append(answer)
                }
            case -1:
                let failure = PostgreSQLError(failure)
                first = first ?? failure
                if failure.isOfConnection { isUsable = false }
                // Without an answer there will be none to what follows either.
                if failure.code.isEmpty { throw first ?? failure }
            default: continue
            }
        }
        if let first { throw first }
        return answers
    }

    private static func password(of server: PostgreSQLServer) throws(PostgreSQLError) -> Password? {
        guard let file = server.passwordFile else { return server.password }
        do {
            return try Password(firstLineOf: file)
        } catch {
            throw PostgreSQLError("the password cannot be read: \(error)")
        }
    }
}
