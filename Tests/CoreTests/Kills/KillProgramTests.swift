import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `kill.run`: a program of the command that runs before the first signal.
struct KillProgramTests {
    @Test func `a kill program gets the pid and the job, and its success makes signals unnecessary`() async throws {
        try await onThread {
            let site = try KillSite([
                "job": """
                run: [sh, -c, 'echo ready; exec sleep 600'], environment: { OWN: own },
                kill: { run: [sh, -c, 'echo "$0 $1 $OWN $PWD ${REMOTISAN_JOB_UUID-none}" >said; echo out; echo err >&2; kill "$0"', "{pid}", "job={uuid}"], grace: 30s }
                """.replacing("\n", with: " ")
            ])
            let uuid = try site.start("job")
            try site.untilLogged(uuid, "ready")
            let pid = try #require(try site.temporary.files(uuid).pidRecord()).command.pid
            try site.kill(uuid)
            let said = try String(contentsOfFile: site.work + "/said", encoding: .utf8)
            #expect(said == "\(pid) job=\(uuid) own \(site.work) none\n")
            let row = try site.row(uuid)
            #expect(row.status == .killed)
            #expect(row.killedBy == "ann@lab")
            #expect(try site.signals(uuid) == [])
            #expect(try site.temporary.files(uuid).killRecord()?.programResult == "exit code 0")
            let lines = try site.log(uuid).split(separator: "\n")
            #expect(lines.first == "ready")
            #expect(lines[1].hasPrefix("PROCESS KILLED BY ann@lab AT "))
            #expect(lines.contains("out") && lines.contains("err"))
        }
    }

    @Test(
        arguments: [
            ("[/nonexistent/x]", "exit code 127"), ("[sh, -c, 'exit 3']", "exit code 3"),
            ("[sh, -c, 'kill -USR1 $$']", "ended by signal USR1"),
        ])
    func `the signals follow at once if it fails`(_ run: String, _ result: String) async throws {
        try await onThread {
            let site = try KillSite(["job": "run: [sleep, '600'], kill: { run: \(run), grace: 1h }"])
            let uuid = try site.start("job")
            try site.kill(uuid)
            #expect(try site.row(uuid).status == .killed)
            #expect(try site.signals(uuid) == [.terminate])
            #expect(try site.log(uuid).contains("KILL PROGRAM: \(result)\n"))
        }
    }

    @Test func `a program that hangs delays no other kill and no signal for ever`() async throws {
        try await onThread {
            let site = try KillSite([
                "hangs":
                    "run: [sleep, '600'], kill: { run: [sh, -c, 'echo $$ >hanging; exec sleep 600'], grace: 50ms }",
                "other": "run: [sleep, '600'], kill: { grace: 1h }",
            ])
            defer { site.end() }
            let hangs = try site.start("hangs")
            let other = try site.start("other")
            #expect(try site.store.requestKill(hangs, by: "ann@lab"))
            try site.kill(other)
            #expect(try site.row(hangs).status == .running)
            // After its time limit it is killed, and then the signals follow.
            try site.settle([hangs])
            #expect(try site.row(hangs).status == .killed)
            #expect(try site.log(hangs).contains("KILL PROGRAM: killed, because it did not end within 10 s\n"))
            let text = try String(contentsOfFile: site.work + "/hanging", encoding: .utf8)
            let pid = try #require(pid_t(text.trimmingCharacters(in: .newlines)))
            try blockUntil("the end of the program") { ProcessTable.entry(pid)?.isAlive != true }
        }
    }

    @Test func `a program that prints without end does not fill the log`() async throws {
        try await onThread {
            let site = try KillSite(["job": "run: [sleep, '600'], kill: { run: [head, -c, 40M, /dev/zero] }"])
            let uuid = try site.start("job")
            try site.kill(uuid)
            #expect(try site.row(uuid).status == .killed)
            let log = try site.log(uuid)
            #expect(log.contains("\n[the rest of the kill program's output is left out here]\n"))
            #expect(log.contains("KILL PROGRAM: exit code 0\n"))
            #expect(log.utf8.count < KillProgramOutput.limit + 1000)
        }
    }

    @Test func `a program that opens its own output leaves the log as it is`() async throws {
        try await onThread {
            let site = try KillSite([
                "job": """
                run: [sh, -c, 'echo ready; exec sleep 600'],
                kill: { run: [sh, -c, 'echo first >/dev/stdout; echo second >/dev/stderr'] }
                """.replacing("\n", with: " ")
            ])
            let uuid = try site.start("job")
            try site.untilLogged(uuid, "ready")
            try site.kill(uuid)
            let lines = try site.log(uuid).split(separator: "\n")
            #expect(lines.first == "ready")
            #expect(lines.suffix(3) == ["first", "second", "KILL PROGRAM: exit code 0"])
        }
    }

    @Test func `the output of the program of a command with secrets is discarded`() throws {
        let command = Command(
            name: "x", roles: [], run: ["/bin/true"],
            definition: CommandDefinition(
                syntax: .declared, options: [Parameter(name: "p", kind: .option, type: SecretType(.stdin))]),
            options: CommandOptions(kill: KillPlan(program: ["/bin/echo", "{uuid}"])))
        #expect(try #require(KillProgram(command)).isSilent)
    }

    @Test(
        arguments: [
            (["docker", "exec", "app", "php", "artisan"], "docker exec"), (["ssh", "host", "sleep 600"], "ssh"),
        ] as [([String], String)])
    func `work that a killed client started elsewhere is not reported as ended`(_ run: [String], _ client: String)
        async throws
    {
        try await onThread {
            let site = try KillSite(["job": "run: [sleep, '600']"], kill: "{ grace: 1h }")
            let uuid = try site.start("job")
            // The client itself is not installed here.
            let method = KillMethod(
                Command(name: "job", roles: [], run: run), default: KillPlan(graceMilliseconds: 3_600_000))
            #expect(method.client == client)
            let record = KillRecord(
                requester: "ann@lab", startedBoottime: Clock.boottimeMilliseconds(), bootID: BootID.current,
                client: client)
            try site.temporary.files(uuid).write(record)
            try site.kill(uuid)
            let row = try site.row(uuid)
            #expect(row.status == .killed)
            #expect(row.ending.leftBehind == nil)
            #expect(row.ending.reason == "\(client) was killed, but work that it started elsewhere may go on")
        }
    }
}
