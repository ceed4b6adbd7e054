/// An index that is not made by a migration, but after all of them, while others write to the table.
struct LaterIndex {
    let name: String
    /// The columns, and the condition if it has one.
    let definition: String

    static let all = [parameters, tokens]

    /// For an order by command and parameters.
    private static let parameters = LaterIndex(
        name: "remotisan_by_parameters", definition: "(command, \(beginningOfParameters))")

    /// The executions that API tokens have started. A start by a person writes nothing to it.
    private static let tokens = LaterIndex(
        name: "remotisan_by_token", definition: "(token_id, executed_at, id) WHERE token_id IS NOT NULL")

    /// The beginning of the parameters. An entry of an index may have 2704 bytes (PostgreSQL's manual, 11.2), and
    /// parameters may be longer.
    static let beginningOfParameters = "left(parameters, 200)"

    /// Creates it if it is missing.
    ///
    /// - Parameter connection: A connection without a time limit, which holds the lock of ``SearchIndexes``.
    func createIfMissing(_ connection: Connection) throws(PostgreSQLError) {
        let isValid = try connection.run([
            .once("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('\(name)')")
        ]).first?.rows.first?.bool(0)
        guard isValid != true else { return }
        // One that was interrupted is there, but not valid.
        _ = try connection.run([.once("DROP INDEX IF EXISTS \(name)")])
        _ = try connection.run(
            [.once("CREATE INDEX CONCURRENTLY \(name) ON remotisan_executions \(definition)")], hasTimeout: false)
    }
}
