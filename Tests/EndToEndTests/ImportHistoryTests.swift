import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `import history`, as an administrator uses it.
@Suite struct ImportHistoryTests {
    static let own = OriginalTable.server
    static let uuids = [
        "76a37fdb-9d62-4ad8-94df-b632adc76c86", "a01aaed9-5f6d-4906-bc1d-696629c4e8ba",
        "3210df04-8b0b-46a3-ac06-ece8be493329", "57daa7fd-5712-474f-a529-0ad0539423a4",
    ]

    /// The same four executions: one completed, two left running of which one is of another instance, and one killed.
    static let json = """
        [{"id":3,"job_uuid":"\(uuids[0])","server_uuid":"\(own)","user_identifier":"bob@lab","command":"demo:echo",
        "parameters":"a 'b, c' \\"\\u00e9\\" {x}\\\\","executed_at":1795401896,"finished_at":1795401897,"process_status":2,
        "killed_by":null,"intended_to_kill_by":null},
        {"id":5,"job_uuid":"\(uuids[1])","server_uuid":"\(own)","user_identifier":null,"command":"demo:slow","parameters":"",
        "executed_at":"1795401898","finished_at":0,"process_status":"1","killed_by":null,"intended_to_kill_by":null},
        {"id":6,"job_uuid":"\(uuids[2])","server_uuid":"long-gone","user_identifier":"ann@lab","command":"demo:slow",
        "parameters":"","executed_at":1795401899,"finished_at":null,"process_status":1,"killed_by":null,
        "intended_to_kill_by":"bob@lab"},
        {"id":9,"job_uuid":"\(uuids[3])","server_uuid":"\(own)","user_identifier":"ann@lab","command":"demo:slow",
        "parameters":"","executed_at":1795401900,"finished_at":1795401901,"process_status":4,"killed_by":"ann@lab",
        "intended_to_kill_by":"ann@lab"}]
        """

    private static let columns = """
        id,job_uuid,server_uuid,user_identifier,command,parameters,executed_at,finished_at,process_status,killed_by,\
        intended_to_kill_by
        """

    private static let forms: [String: String] = [
        "a JSON list": json,
        "one JSON object per line": String(json.replacing("\n", with: "").dropFirst().dropLast()).replacing(
            "},{", with: "}\n{"),
        "CSV": """
        \u{FEFF}\(columns)\r
        3,\(uuids[0]),\(own),bob@lab,demo:echo,"a 'b, c' ""é"" {x}\\",1795401896,1795401897,2,,\r
        5,\(uuids[1]),\(own),,demo:slow,,1795401898,0,1,,\r
        6,\(uuids[2]),long-gone,ann@lab,demo:slow,"",1795401899,\\N,1,NULL,bob@lab\r
        9,\(uuids[3]),\(own),ann@lab,demo:slow,,1795401900,1795401901,4,ann@lab,ann@lab\r

        """,
        "mysql --batch": """
        \(columns.replacing(",", with: "\t"))
        3\t\(uuids[0])\t\(own)\tbob@lab\tdemo:echo\ta 'b, c' "é" {x}\\\\\t1795401896\t1795401897\t2\tNULL\tNULL
        5\t\(uuids[1])\t\(own)\tNULL\tdemo:slow\t\t1795401898\t0\t1\tNULL\tNULL
        6\t\(uuids[2])\tlong-gone\tann@lab\tdemo:slow\t\t1795401899\tNULL\t1\tNULL\tbob@lab
        9\t\(uuids[3])\t\(own)\tann@lab\tdemo:slow\t\t1795401900\t1795401901\t4\tann@lab\tann@lab

        """,
    ]

    /// Checks the four executions after a broker pass.
    private static func check(_ machine: BareMachine) throws {
        let pass = try machine.broker("watch", "--for", "0")
        #expect(pass.status == 0, "\(pass.errors)")
        let rows = try machine.store().history(HistoryQuery(visibility: .everything)).rows.sorted { $0.id < $1.id }
        #expect(rows.map(\.id) == [3, 5, 6, 9])
        #expect(rows.map(\.jobUUID) == uuids)
        #expect(rows.map(\.status) == [.completed, .failed, .failed, .killed])
        #expect(rows.map(\.ending.isLost) == [false, true, true, false])
        #expect(rows.map(\.userIdentifier) == ["bob@lab", nil, "ann@lab", "ann@lab"])
        #expect(rows.first?.parameters == "a 'b, c' \"é\" {x}\\")
        #expect(rows.first?.finishedAt == 1_795_401_897)
        #expect(rows.last?.killedBy == "ann@lab")
        let verified = try machine.broker("audit", "verify")
        #expect(verified.status == 0, "\(verified.out)")
        #expect(try machine.broker("audit", "list").out.contains("history_imported"))
    }

    @Test(arguments: forms.keys.sorted(), [false, true])
    func `a dump is imported into each store, and a second time nothing changes`(
        _ form: String, _ isPostgreSQL: Bool
    ) throws {
        let server = isPostgreSQL ? try PostgreSQLProcess.shared.get() : nil
        let machine = try BareMachine(database: try server.map { $0.address(try $0.makeDatabase()) })
        let dump = try machine.write(try #require(Self.forms[form]), to: "dump")
        #expect(try machine.broker("import", "uuid", Self.own).status == 0)
        #expect(try machine.broker("migrate").status == 0)
        let first = try machine.broker("import", "history", dump)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.out.contains("4 executions imported, 0 were there."), "\(first.out)")
        #expect(first.out.contains("1 execution of other instances ended as lost."))
        #expect(first.out.contains("1 execution of this instance had been left running."))
        try Self.check(machine)
        let second = try machine.broker("import", "history", dump)
        #expect(second.out.contains("0 executions imported, 4 were there."), "\(second.out)\(second.errors)")
        try Self.check(machine)
        guard case .running(let id) = try machine.store().insert(.sample(), limit: nil) else {
            Issue.record("It must run.")
            return
        }
        #expect(id == 10)
    }

    /// The table as the original's migrations make it, among others of the application.
    private static func makeDatabase(_ path: String) throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c", "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as base: base.executescript(sys.argv[2])",
            path,
            """
            CREATE TABLE users (id integer primary key, password varchar);
            INSERT INTO users VALUES (1, 'hunter2');
            CREATE TABLE "remotisan_executions" (
                "id" integer not null primary key autoincrement, "pid" integer, "job_uuid" varchar not null,
                "server_uuid" varchar not null, "user_identifier" varchar, "command" varchar not null,
                "parameters" varchar not null, "executed_at" integer not null, "finished_at" integer not null,
                "process_status" integer not null, "killed_by" varchar, "intended_to_kill_by" varchar);
            CREATE UNIQUE INDEX "remotisan_executions_job_uuid_unique" on "remotisan_executions" ("job_uuid");
            \(OriginalTable.rows)
            """,
        ]
        let output = try process.runToEnd()
        try #require(process.terminationStatus == 0, "\(output)")
    }

    @Test func `the table is taken from the application's SQLite database, and nothing else`() throws {
        let machine = try BareMachine()
        let database = machine.directory + "/database.sqlite"
        try Self.makeDatabase(database)
        #expect(try machine.broker("import", "uuid", Self.own).status == 0)
        let output = try machine.broker("import", "history", database)
        #expect(output.out.contains("4 executions imported"), "\(output.errors)")
        #expect(output.out.contains("2 executions of this instance had been left running."))
        #expect(try machine.broker("watch", "--for", "0").status == 0)
        let rows = try machine.store().history(HistoryQuery(visibility: .everything)).rows
        #expect(rows.map(\.status) == [.killed, .failed, .failed, .completed])
        #expect(!ProcessFacts.read(machine.storage + "/remotisan.sqlite").contains(Array("hunter2".utf8)))
        #expect(try machine.broker("import", "history", database).out.contains("0 executions imported, 4 were there."))
    }

    @Test func `executions get new numbers if the store has executions with theirs`() throws {
        let machine = try BareMachine()
        let dump = try machine.write(Self.json, to: "dump")
        #expect(try machine.broker("migrate").status == 0)
        for _ in 0..<4 { _ = try machine.store().insert(.sample(), limit: nil) }
        let output = try machine.broker("import", "history", dump)
        #expect(output.out.contains("They have new numbers"), "\(output.out)\(output.errors)")
        #expect(output.out.contains("3 executions of other instances ended as lost.") == false)
        let rows = try machine.store().history(HistoryQuery(visibility: .everything)).rows
        #expect(rows.map(\.id).sorted() == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func `malformed rows are named, and nothing is imported without a request`() throws {
        let machine = try BareMachine()
        let dump = try machine.write(
            """
            {"id":1,"job_uuid":"\(Self.uuids[0])","server_uuid":"s","command":"a","executed_at":1,"process_status":2}
            {"id":2,"job_uuid":"../../x","server_uuid":"s","command":"a","executed_at":1,"process_status":2}
            {"id":3,"job_uuid":"\(Self.uuids[1])","server_uuid":"s","command":"a","executed_at":"soon","process_status":2}
            {"id":4,"job_uuid":"\(Self.uuids[2])","server_uuid":"s","command":"a","executed_at":1,"process_status":7}
            """, to: "dump")
        let refused = try machine.broker("import", "history", dump)
        #expect(refused.status == 1)
        for text in [
            "3 rows cannot be imported", "row 2: job_uuid is missing or is no UUID.",
            "row 3: executed_at is not a whole number.", "row 4: process_status is not 1, 2, 3 or 4.",
        ] { #expect(refused.errors.contains(text), "\(refused.errors)") }
        #expect(try machine.store().counts().isEmpty)
        let output = try machine.broker("import", "history", dump, "--skip-invalid")
        #expect(output.out.contains("1 execution imported"), "\(output.errors)")
        #expect(output.out.contains("3 malformed rows left out."))
    }

    @Test(arguments: [
        ("", "it is empty."), ("[{\"id\":1,", "it ends within row 1."), ("a,b\n1,2\n", "it is neither JSON nor CSV"),
        ("id,job_uuid\n1\n", "line 2 has 1 values instead of 2."), ("{\"id\":01}", "row 1 is not a JSON object."),
        ("id,job_uuid\n1,\"x\n", "within the quotes that line 2 opens."),
    ])
    func `a file that is no dump is refused`(_ text: String, _ reason: String) throws {
        let machine = try BareMachine()
        let output = try machine.broker("import", "history", try machine.write(text, to: "dump"))
        #expect(output.status == 1)
        #expect(output.errors.contains(reason), "\(output.errors)")
    }
}
