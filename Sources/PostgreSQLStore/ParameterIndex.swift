/// The index for an order by command and parameters.
enum ParameterIndex {
    private static let name = "remotisan_by_parameters"

    /// The beginning of the parameters. An entry of an index may have 2704 bytes (PostgreSQL's manual, 11.2), and
    /// parameters may be longer.
    static let beginning = "left(parameters, 200)"

    /// Creates it if it is missing. Others write to the table meanwhile.
    ///
    /// - Parameter connection: A connection without a time limit, which holds the lock of ``SearchIndexes``.
    static func createIfMissing(_ connection: Connection) throws(PostgreSQLError) {
        let isValid = try connection.run([
            .once("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('\(name)')")
        ]).first?.rows.first?.bool(0)
        guard isValid != true else { return }
        // One that was interrupted is there, but not valid.
        _ = try connection.run([.once("DROP INDEX IF EXISTS \(name)")])
        _ = try connection.run(
            [.once("CREATE INDEX CONCURRENTLY \(name) ON remotisan_executions (command, \(beginning))")],
            hasTimeout: false)
    }
}
