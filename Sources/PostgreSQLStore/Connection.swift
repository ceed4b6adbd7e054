import CPostgreSQL
import Core
import Glibc

/// A connection to PostgreSQL.
///
/// It is `@unchecked Sendable`, because ``ConnectionPool`` lends it to one thread at a time.
final class Connection: @unchecked Sendable {
    private let raw: OpaquePointer
    /// Names of the prepared statements of this connection, by SQL text.
    private var prepared: [String: String] = [:]
    private var preparations = 0
    /// Whether the connection is open and in no transaction, so that the pool may keep it.
    private(set) var isUsable = true

    /// Time limits in milliseconds.
    struct Timeouts: Sendable {
        /// Connecting, for each of the hosts. libpq rounds to whole seconds, and at least two.
        var connecting: Int64 = 3000
        /// One statement, including the locks that it waits for.
        var statement: Int64 = 10_000
        /// How much later than that the answer of the server may arrive.
        var silence: Int64 = 1000
    }

    private let timeouts: Timeouts

    init(_ server: PostgreSQLServer, timeouts: Timeouts) throws(PostgreSQLError) {
        self.timeouts = timeouts
        // The configuration may override these settings, but not those that are appended below.
        var settings = [
            ("connect_timeout", String(max(2, timeouts.connecting / 1000))), ("application_name", "remotisan"),
        ]
        // A standby would answer reads, but fail every write.
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
                """, [Value(timeouts.statement)]),
            // An audit must not lose commits in a crash. Settings that are stronger than `on` stay.
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

    /// Ends commits that wait for a synchronous standby although their clients gave up long ago. The statement timeout
    /// does not apply to this wait, and the server does not notice that a client has gone. So each would occupy one of
    /// the server's connections until the standby is back.
    ///
    /// The commits take effect, as those do whose answer is lost.
    func cancelAbandonedCommits() {
        let age = timeouts.statement + 2 * timeouts.silence
        _ = try? run([
            .once(
                """
                SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                WHERE wait_event = 'SyncRep' AND usename = current_user AND datname = current_database()
                    AND application_name = current_setting('application_name')
                    AND query_start < clock_timestamp() - $1::bigint * interval '1 millisecond'
                """, [Value(age)])
        ])
    }

    /// Whether the connection is open, as far as this side knows.
    var isAlive: Bool { isUsable && postgres_is_alive(raw) != 0 }

    /// Runs statements in one transaction and one round trip. If one fails, none takes effect.
    ///
    /// - Parameter hasTimeout: If false, this waits for the server without a limit.
    /// - Throws: The error of the first statement that failed.
    func run(_ queries: [Query], hasTimeout: Bool = true) throws(PostgreSQLError) -> [QueryResult] {
        var failure = postgres_failure()
        func sent(_ code: Int32) throws(PostgreSQLError) {
            guard code != 0 else { return }
            isUsable = false
            throw PostgreSQLError(failure)
        }
        // The expected answers: a preparation with its name, or nil for a statement.
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
        return try answers(expected, timeout: hasTimeout ? timeouts.statement + timeouts.silence : -1)
    }

    /// Runs `body`, which begins and commits a transaction. If `body` fails, the connection is closed, which rolls the
    /// transaction back.
    func transaction<Result>(_ body: () throws(PostgreSQLError) -> Result) throws(PostgreSQLError) -> Result {
        do {
            return try body()
        } catch {
            isUsable = false
            throw error
        }
    }

    private func answers(
        _ expected: [(sql: String, name: String)?], timeout: Int64
    ) throws(PostgreSQLError) -> [QueryResult] {
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
                // A server that did not answer this statement will not answer the following ones.
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
