/// The number of executions by user, command and status, for totals of the history without a scan.
///
/// If triggers updated the counts, all clients that start or settle the same command would wait for one row lock. Two
/// such locks in different orders would be a deadlock. So the triggers only insert rows of changes, which wait for
/// nothing. Every registration of an instance folds them into the counts. The view `remotisan_counted` adds both, and
/// is correct whichever program writes to the table.
enum CountsTable {
    /// The statements that create it.
    static let statements =
        [
            """
            CREATE TABLE remotisan_counts (
                user_identifier text COLLATE "C" NOT NULL,
                command text COLLATE "C" NOT NULL,
                process_status bigint NOT NULL,
                executions bigint NOT NULL,
                PRIMARY KEY (user_identifier, command, process_status)
            )
            """,
            """
            CREATE TABLE remotisan_count_changes (
                user_identifier text COLLATE "C" NOT NULL,
                command text COLLATE "C" NOT NULL,
                process_status bigint NOT NULL,
                executions bigint NOT NULL
            )
            """,
            """
            CREATE VIEW remotisan_counted AS
                SELECT user_identifier, command, process_status, executions FROM remotisan_counts
                UNION ALL
                SELECT user_identifier, command, process_status, executions FROM remotisan_count_changes
            """,
        ] + triggers + [
            // Creating the triggers locks the table, so that no program writes between them and this statement.
            """
            INSERT INTO remotisan_counts
                SELECT coalesce(user_identifier, ''), command, process_status, count(*)
                FROM remotisan_executions GROUP BY 1, 2, 3
            """
        ]

    /// Folds the changes into the counts, unless another client is doing it.
    static let fold = """
        WITH mine AS MATERIALIZED (
            SELECT pg_try_advisory_xact_lock(\(0x7265_6d6f_7469_7362)) AS is_free
        ), gone AS (
            DELETE FROM remotisan_count_changes WHERE (SELECT is_free FROM mine) RETURNING *
        )
        INSERT INTO remotisan_counts
            SELECT user_identifier, command, process_status, sum(executions) FROM gone GROUP BY 1, 2, 3
        ON CONFLICT (user_identifier, command, process_status)
            DO UPDATE SET executions = remotisan_counts.executions + excluded.executions
        """

    private static let triggers = [
        ("insert", [("new", 1)]), ("delete", [("old", -1)]), ("update", [("old", -1), ("new", 1)]),
    ]
    .flatMap { (operation: String, rows: [(table: String, sign: Int)]) in
        let changes = rows.map { "SELECT *, \($0.sign) AS sign FROM \($0.table)_rows" }
        let tables = rows.map { "\($0.table.uppercased()) TABLE AS \($0.table)_rows" }
        return [
            """
            CREATE FUNCTION remotisan_count_\(operation)() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO remotisan_count_changes
                    SELECT coalesce(user_identifier, ''), command, process_status, sum(sign)
                    FROM (\(changes.joined(separator: " UNION ALL "))) AS changes
                    GROUP BY 1, 2, 3 HAVING sum(sign) <> 0;
                RETURN NULL;
            END $$
            """,
            """
            CREATE TRIGGER remotisan_count_\(operation) AFTER \(operation.uppercased()) ON remotisan_executions
                REFERENCING \(tables.joined(separator: " ")) FOR EACH STATEMENT
                EXECUTE FUNCTION remotisan_count_\(operation)()
            """,
        ]
    }
}
