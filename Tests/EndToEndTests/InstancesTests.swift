import Foundation
import Glibc
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// Two instances that share a store, each with its nginx, responder, broker and storage.
@Suite struct InstancesTests {
    private struct Listed: Decodable {
        struct Entry: Decodable {
            let server_uuid: String
            let name: String
            let is_here: Bool
            let is_gone: Bool
            let running: Int?
        }
        let instances: [Entry]
    }

    private struct Named: Decodable {
        struct Row: Decodable {
            let instance: String?
            let instance_is_gone: Bool
        }
        let data: [Row]
    }

    @Test(arguments: ["remotisan", "ops/x.y"])
    func `a job can be watched, read and killed from another instance, if its owner admits the person`(
        _ url: String
    ) async throws {
        try await Installation.runTwo(url: url) { one, two in
            let there = try await one.person("ann")
            let here = try await two.person("ann")
            let job = try await there.start("await", "\(one.work)/never")
            try await waitUntil("its first line, seen from the other") {
                try await here.poll(job).text == "ready\n"
            }
            let poll = try await here.poll(job, from: 2)
            #expect(poll.text == "ady\n")
            #expect(poll.next_offset == 6)
            #expect(!poll.isEnded)
            #expect(try await here.get("/execute/\(job)").text.contains(#""content":["ready"]"#))
            let whole = try await here.get("/execute/\(job)/log?download=1")
            #expect(whole.text == "ready\n")
            #expect(
                whole.headers.contains {
                    $0.name.lowercased() == "content-disposition" && $0.value.contains("attachment")
                })
            let part = try await here.get("/execute/\(job)/log", [("Range", "bytes=1-2")])
            #expect(part.status == 206)
            #expect(part.text == "ea")
            let row = try await here.get("/history?uuid=\(job)").json(Named.self).data.first
            #expect(row?.instance == "one")
            #expect(row?.instance_is_gone == false)

            // The owner refuses the same people after a redirect, and the redirect leads nginx to no other address.
            let nobody = Visitor(installation: two, headers: [])
            #expect(try await nobody.get("/execute/\(job)?offset=0").status == 401)
            let direct = HTTPRequest(
                target: "/\(url)-instances/127.0.0.1:\(one.port)/\(url)/execute/\(job)", headers: here.headers)
            #expect(try await direct.sent(to: two.port).status == 404)
            let looped = try await here.get("/execute/\(job)?offset=0", [("X-Remotisan-Forwarded", "1")])
            #expect(looped.status == 503)
            #expect(looped.text.contains("instance one"))

            let broker = try await one.startBroker()
            #expect(try await here.kill(job).status == 200)
            #expect(try await here.settled(job).status == .killed)
            #expect(broker.ending == nil)

            // The owner checks the identity itself. There ann is unknown.
            let passwords = one.directory + "/server/htpasswd"
            let kept = try String(contentsOfFile: passwords, encoding: .utf8)
            try kept.split(separator: "\n").filter { !$0.hasPrefix("ann:") }.joined(separator: "\n")
                .write(toFile: passwords, atomically: false, encoding: .utf8)
            #expect(try await here.get("/execute/\(job)?offset=0").status == 401)
            #expect(try await here.get("/execute/\(job)/log").status == 401)
            try kept.write(toFile: passwords, atomically: false, encoding: .utf8)
            #expect(try await here.poll(job).isEnded)

            await one.server?.stop()
            let silent = try await here.get("/execute/\(job)?offset=0")
            #expect(silent.status == 503)
            #expect(silent.text.contains("127.0.0.1:\(one.port)"), "\(silent.text)")
            #expect(try await here.row(job).status == .killed, "The history is still available.")
        }
    }

    @Test func `executions of a gone instance are closed, and reopened when it returns`() async throws {
        try await Installation.runTwo { one, two in
            let ann = try await one.person("ann")
            let goesOn = try await ann.start("await", "\(one.work)/first")
            let ends = try await ann.start("await", "\(one.work)/second 7")
            let other = try await two.person("ann").start("await", "\(two.work)/first")
            let carol = try await two.person("carol")
            let list = try await carol.get("/instances").json(Listed.self).instances
            #expect(list.map(\.name) == ["one", "two"])
            #expect(list.map(\.is_here) == [false, true])
            #expect(list.map(\.is_gone) == [false, false])
            #expect(list.map(\.running) == [2, 1])
            let gone = try #require(list.first?.server_uuid)
            #expect(try await carol.post("/instances/\(gone)/close").status == 409)

            // The instance answers no request, and registered long ago.
            await one.responder?.stop()
            let store = try SQLiteStore(path: one.storage + "/remotisan.sqlite")
            var registered = try #require(try store.instance(gone))
            registered.lastSeen -= registered.goneAfter + 10
            try store.register(registered)
            #expect(try await carol.get("/instances").json(Listed.self).instances.map(\.is_gone) == [true, false])
            #expect(try await carol.get("/execute/\(goesOn)?offset=0").status == 503)
            #expect(try await two.person("ann").post("/instances/\(gone)/close").status == 404)
            #expect(try await carol.post("/instances/\(gone)/close").text == #"{"closed":2}"#)
            for job in [goesOn, ends] {
                let row = try await carol.row(job)
                #expect(row.status == .failed)
                #expect(row.reason == "lost: instance one is gone, closed by carol")
            }
            #expect(try await carol.row(other).status == .running)
            let listed = try await two.broker("instances")
            #expect(listed.out.contains("\(gone)  one  127.0.0.1:\(one.port)"), "\(listed.out)\(listed.errors)")
            #expect(listed.out.contains("  gone  "))
            #expect(try await two.broker("instances", "close", gone).out == "0 executions closed.\n")

            _ = FileManager.default.createFile(atPath: one.work + "/second", contents: nil)
            try await waitUntil("the end of the second job") {
                access("\(one.storage)/jobs/\(ends).exit", F_OK) == 0
                    && !ProcessFacts.read("\(one.storage)/jobs/\(ends).exit").isEmpty
            }
            #expect(try await carol.row(ends).reason?.hasPrefix("lost: instance") == true)

            let back = try await one.broker("watch", "--for", "0")
            #expect(back.status == 0, "\(back.errors)")
            #expect(back.errors.contains("closed execution reopened"), "The administrator is informed.")
            let running = try await carol.row(goesOn)
            #expect(running.status == .running)
            #expect(running.reason == nil)
            let settled = try await carol.row(ends)
            #expect(settled.status == .failed)
            #expect(settled.exit_code == 7)
            #expect(settled.reason == nil)
            #expect(try await carol.row(other).status == .running)
            #expect(try await carol.get("/instances").json(Listed.self).instances.map(\.is_gone) == [false, false])
            for work in [one.work, two.work] {
                _ = FileManager.default.createFile(atPath: work + "/first", contents: nil)
            }
            #expect(try await carol.settled(goesOn).status == .completed)
            #expect(try await carol.settled(other).status == .completed)
        }
    }
}
