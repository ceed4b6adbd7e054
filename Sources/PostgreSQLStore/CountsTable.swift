/// How many executions there are of each user, command and status: the totals of the history without a scan.
///
/// One row for each would be a lock that everybody who starts or settles the same command waits for, and two of them,
/// taken in different orders, a deadlock. So the triggers only add rows of changes, which wait for nothing, and who
/// gives a sign of life folds them into the counts. `remotisan_counted` is both together: always the whole truth,
/// whoever writes to the table.
enum CountsTable {
    /// What makes it.
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
            // The triggers' lock on the table holds writers off until both are there.
            """
            INSERT INTO remotisan_counts
                SELECT coalesce(user_identifier, ''), command, process_status, count(*)
                FROM remotisan_executions GROUP BY 1, 2, 3
            """
        ]

    /// Folds the changes into the counts; if another does just now, nothing.
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
