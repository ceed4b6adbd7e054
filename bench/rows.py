"""Makes many executions inside the databases, by SQL: 10,000,000 rows take minutes.

The indexes and triggers of the table are dropped meanwhile, and the counts are made anew. This is what they would
contain if each row had been inserted by itself.
"""

import sqlite3

WORDS = ("cache", "clear", "import", "orders", "report", "monthly", "sync", "users", "backup", "verify")
# As many commands as a busy installation has. The person of the bench may run the first half of them.
COMMANDS = 40
COLUMNS = "job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status"
COUNTS = ("INSERT INTO remotisan_counts SELECT coalesce(user_identifier, ''), command, process_status, count(*) "
          "FROM remotisan_executions GROUP BY 1, 2, 3")


def values(command, word):
    """SQL of row `i`, except its UUID. A hash of the number keeps the columns independent of each other."""
    mixed = "((i * 2654435761) % 4294967296)"
    words = " || ' ' || ".join(word(f"{mixed} / {10 ** power}") for power in (1, 2, 3))
    status = f"CASE {mixed} / 10000 % 20 WHEN 0 THEN 3 WHEN 1 THEN 4 ELSE 2 END"
    return (f"CASE {mixed} / 100 % 50 WHEN 0 THEN 'bench' ELSE 'user' || {mixed} / 100 % 50 || '@example.org' END, "
            f"{command(f'{mixed} / 5000 % {COMMANDS}')}, {words} || ' ' || i, "
            f"1700000000 + i, 1700000000 + i + {mixed} / 7 % 3600, {status}")


def fill_sqlite(path, count, total, server):
    """Adds ended executions until there are `total`, while no program uses the database."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA cache_size = -1000000")
    database.execute("PRAGMA synchronous = OFF")
    names = database.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'remotisan_executions' AND sql IS NOT NULL "
        "AND type IN ('index', 'trigger')").fetchall()
    array = "json_array(%s)" % ", ".join(f"'{word}'" for word in WORDS)
    row = values(lambda number: f"printf('many:%04d', {number})",
                 lambda number: f"json_extract({array}, '$[' || ({number} % {len(WORDS)}) || ']')")
    database.execute("BEGIN IMMEDIATE")
    for kind, name, _ in names:
        database.execute(f"DROP {kind} {name}")
    database.execute(
        f"""
        WITH RECURSIVE numbers(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM numbers WHERE i < ?),
            random AS (SELECT i, lower(hex(randomblob(16))) AS h FROM numbers)
        INSERT INTO remotisan_executions ({COLUMNS})
        SELECT substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-'
            || substr(h, 21, 12), ?, {row} FROM random
        """, (count + 1, total, server))
    database.execute("DELETE FROM remotisan_counts")
    database.execute(COUNTS)
    for _, _, sql in sorted(names):
        database.execute(sql)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def fill_postgresql(server_process, count, total, server):
    """Adds ended executions until there are `total`, while no program uses the database."""
    run = server_process.sql
    indexes = run(
        "SELECT indexrelid::regclass || '|' || pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = 'remotisan_executions'::regclass AND NOT indisprimary").splitlines()
    array = "(ARRAY[%s])" % ", ".join(f"'{word}'" for word in WORDS)
    row = values(lambda number: f"'many:' || lpad(({number})::text, 4, '0')",
                 lambda number: f"{array}[{number} % {len(WORDS)} + 1]")
    run(*(f"DROP INDEX {line.partition('|')[0]}" for line in indexes),
        "ALTER TABLE remotisan_executions DISABLE TRIGGER USER",
        f"INSERT INTO remotisan_executions ({COLUMNS}) SELECT gen_random_uuid()::text, '{server}', {row} "
        f"FROM generate_series({count + 1}::bigint, {total}::bigint) AS numbers (i)",
        "ALTER TABLE remotisan_executions ENABLE TRIGGER USER",
        "TRUNCATE remotisan_counts, remotisan_count_changes", COUNTS, "SET maintenance_work_mem = '1GB'",
        *(line.partition("|")[2] for line in indexes), "VACUUM (ANALYZE) remotisan_executions", "CHECKPOINT")
