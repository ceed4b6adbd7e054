import Foundation
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// The audit of an installation, as an administrator sees it.
@Suite struct AuditTests {
    @Test func `each event has its user, address, login and token`() async throws {
        try await Installation.run { installation in
            let made = try await installation.broker(
                "token", "create", "--user", "robot", "--role", "SUPPORT", "--name", "nightly")
            let token = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
            let (ann, carol) = (try await installation.person("ann"), try await installation.person("carol"))
            let greeted = try await installation.bearer(token).start("greet", "robot")
            _ = try await ann.settled(greeted)
            #expect(try await ann.post("/execute", ["command": "deploy", "params": "now"]).status == 400)
            #expect(try await installation.broker("token", "revoke", "1").status == 0)

            let broker = try await installation.startBroker()
            let endless = try await ann.start("stubborn", "pids")
            _ = try await installation.pids(in: "pids")
            for _ in 0..<3 { _ = try await carol.poll(endless) }
            _ = try await ann.poll(endless)
            #expect(try await carol.kill(endless).status == 200)
            #expect(try await ann.settled(endless).killed_by == "carol")
            await broker.stop()
            #expect(try await installation.broker("log", greeted.description).status == 0)

            let entries = try await installation.audit()
            func one(_ event: String, _ subject: String? = nil) throws -> AuditEntry {
                let found = entries.filter { $0.event == event && (subject == nil || $0.subject == subject) }
                #expect(found.count == 1, "\(event)")
                return try #require(found.first)
            }
            let made1 = try one("token_made")
            #expect(made1.means == "command_line")
            #expect(made1.details == #"{"name":"nightly","roles":["SUPPORT"],"user":"robot"}"#)
            let started = try one("started", greeted.description)
            #expect((started.user, started.means, started.address) == ("robot", "api_token", "127.0.0.1"))
            #expect(started.tokenID == 1)
            #expect(started.details == #"{"command":"greet","parameters":"robot"}"#)
            let refused = try one("refused")
            #expect((refused.user, refused.means, refused.address) == ("ann", "web_server", "127.0.0.1"))
            #expect(refused.details.contains("deploy"))
            #expect(try one("token_revoked").subject == "1")
            let read = try one("log_read", endless.description)
            #expect((read.user, read.means, read.address) == ("carol", "web_server", "127.0.0.1"))
            #expect(try one("log_read", greeted.description).means == "command_line")
            let kill = try one("kill_requested", endless.description)
            #expect((kill.user, kill.address) == ("carol", "127.0.0.1"))
            let signals = entries.filter { $0.event == "signalled" && $0.subject == endless.description }
            #expect(signals.map(\.details).last == #"{"signal":"KILL"}"#)
            #expect(signals.count > 1)
            #expect(signals.allSatisfy { $0.user == "carol" && $0.means == "broker" })
            let ended = try one("ended", endless.description)
            #expect(ended.details.contains(#""killed_by":"carol""#))
            #expect(ended.details.contains(#""signals":["#))
            #expect(ended.number > (signals.last?.number ?? .max))
            #expect(!entries.contains { $0.details.contains(token) })

            let listed = try await installation.broker("audit", "list", "--from", "1d")
            #expect(listed.out.contains("refused  -  ann from 127.0.0.1  web_server"))
            #expect(try await installation.broker("audit", "list", "--to", "1d").out.isEmpty)
        }
    }

    @Test func `audit list and export read days as history does: local, or in UTC with --utc`() async throws {
        try await Installation.run { installation in
            let store = try SQLiteStore(path: installation.storage + "/remotisan.sqlite")
            let ann = AuditActor(instance: "ffff", user: "ann", means: .commandLine)
            try store.append([.historyExported(as: "csv", filters: [])], by: ann)
            let at = try #require(try await installation.audit().first { $0.instance == "ffff" }?.at)
            // A zone in which it is another day, before or after.
            let zone = at % 86_400 < 43_200 ? "XYZ12" : "XYZ-12"
            let utc = TimeText(isLocal: false).text(at).prefix(10)
            let local = TimeText(isLocal: false).text(at + (zone == "XYZ12" ? -43_200 : 43_200)).prefix(10)
            try #require(utc != local)
            for verb in ["list", "export"] {
                func isFound(_ words: String...) async throws -> Bool {
                    let output = try await installation.broker(
                        ["audit", verb, "--instance", "ffff"] + words, environment: ["TZ": zone])
                    #expect(output.status == 0, "\(words): \(output.errors)")
                    return output.out.contains("history_exported")
                }
                // A day includes its last second.
                #expect(try await isFound("--from", "\(local)", "--to", "\(local)"), "\(verb)")
                #expect(try await isFound("--utc", "--from", "\(utc)", "--to", "\(utc)"), "\(verb)")
                #expect(try await !isFound("--from", "\(utc)", "--to", "\(utc)"), "\(verb)")
                #expect(try await !isFound("--utc", "--from", "\(local)", "--to", "\(local)"), "\(verb)")
            }
            for words in [["--from", "2026-02-30"], ["--to", "yesterday"]] {
                #expect(try await installation.broker(["audit", "list"] + words).status == 64, "\(words)")
            }
        }
    }

    @Test func `a changed configuration is recorded with the program that accepted it`() async throws {
        try await Installation.run { installation in
            let text = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try (text + "# changed\n").write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            let changes = try await waitFor("the change in the audit") { () -> [AuditEntry]? in
                let changes = try await installation.audit().filter { $0.event == "configuration_changed" }
                return changes.count == 2 ? changes : nil
            }
            #expect(changes[1].means == "responder")
            #expect(changes[1].subject == AcceptedConfiguration.digest(of: text + "# changed\n"))
            #expect(changes[1].details.contains(AcceptedConfiguration.digest(of: text)))
        }
    }

    @Test func `verify and an anchor show every manipulation, and an exported file can be checked`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            for number in 1...3 { _ = try await ann.settled(try await ann.start("greet", "\(number)")) }
            let anchor = try await installation.broker("audit", "anchor", "--send").out
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let entries = try await installation.audit()
            let last = try #require(entries.last)
            #expect(anchor == "\(last.instance):\(last.number):\(last.hash)")
            let good = try await installation.broker("audit", "verify", "--anchor", anchor)
            #expect(good.status == 0)
            #expect(
                good.out == "\(last.instance): \(last.number) entries fit, the last is \(last.number):\(last.hash).\n")

            let file = installation.directory + "/audit.jsonl"
            let exported = try await installation.broker("audit", "export").out
            try exported.write(toFile: file, atomically: false, encoding: .utf8)
            #expect(try await installation.broker("audit", "verify", "--file", file).status == 0)
            try exported.replacing("\"ann\"", with: "\"eve\"")
                .write(toFile: file, atomically: false, encoding: .utf8)
            let forged = try await installation.broker("audit", "verify", "--file", file)
            #expect(forged.status == 2)

            let database = installation.storage + "/remotisan.sqlite"
            func tamper(_ sql: String) async throws -> Installation.Output {
                _ = try await installation.database(
                    "sql", database,
                    "DROP TRIGGER IF EXISTS remotisan_audit_update; "
                        + "DROP TRIGGER IF EXISTS remotisan_audit_delete; " + sql)
                return try await installation.broker("audit", "verify")
            }
            // The last entry is removed: the anchor that the instance keeps shows it.
            let cut = try await tamper("DELETE FROM remotisan_audit WHERE number = \(last.number)")
            #expect(cut.status == 2)
            #expect(cut.out.contains("Entry \(last.number) is missing: the anchor \(anchor) names it"))
            let changed = try await tamper("UPDATE remotisan_audit SET user_identifier = 'eve' WHERE number = 2")
            #expect(changed.status == 2)
            #expect(changed.out.contains("Entry 2 does not fit: its content was changed, or its hash."))
            let removed = try await tamper("DELETE FROM remotisan_audit WHERE number = 2")
            #expect(removed.status == 2)
            #expect(removed.out.contains("Entry 2 is missing."))
            #expect(try await installation.broker("audit", "verify", "--anchor", "x").status == 64)
        }
    }

    @Test func `a broker sends anchors, and a purge leaves a chain that fits`() async throws {
        var sample = SampleConfiguration()
        sample.top += "\naudit: { anchor: { syslog: false, run: [sh, -c, 'echo \"$0\" >> anchors', \"{anchor}\"] } }"
        try await Installation.run(.nginx, sample) { installation in
            let path = installation.directory + "/runtime/anchors"
            let text = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try text.replacing(">> anchors", with: ">> \(path)")
                .write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            let ann = try await installation.person("ann")
            _ = try await ann.settled(try await ann.start("greet"))
            _ = try await installation.startBroker()
            let anchors = try await waitFor("an anchor") { () -> [AuditAnchor]? in
                let anchors = AuditAnchor.all(in: String(decoding: ProcessFacts.read(path), as: UTF8.self))
                return anchors.isEmpty ? nil : anchors
            }
            let verified = try await installation.broker("audit", "verify", "--anchors", path)
            #expect(verified.status == 0, "\(anchors)")
            #expect(try await installation.broker("audit", "purge", "--older-than", "0s").out.contains("removed."))
            let entries = try await installation.audit()
            #expect(entries.first?.number ?? 0 > 1)
            #expect(entries.contains { $0.event == "audit_purged" && $0.means == "command_line" })
            let after = try await installation.broker("audit", "verify", "--anchors", path)
            #expect(after.status == 0, "\(after.out)")
        }
    }
}

extension Installation {
    /// All entries of the audit, which must fit.
    fileprivate func audit() async throws -> [AuditEntry] {
        #expect(try await broker("audit", "verify").status == 0)
        let output = try await broker("audit", "export")
        #expect(output.status == 0)
        return try output.out.split(separator: "\n").map {
            try JSONDecoder().decode(AuditEntry.self, from: Data($0.utf8))
        }
    }
}
