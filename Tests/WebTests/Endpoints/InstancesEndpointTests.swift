import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct InstancesEndpointTests {
    /// A site with two other instances in its store, one of them gone.
    private static func site() throws -> TestSite {
        let site = try TestSite()
        let now = Clock.seconds()
        try site.store.register(.sample(site.storage.serverUUID, name: "a-here", lastSeen: now))
        try site.store.register(.sample("far", name: "b-far", address: InstanceAddress("10.0.0.2:80"), lastSeen: now))
        try site.store.register(.sample("gone", name: "c-gone", address: InstanceAddress("10.0.0.3:80"), lastSeen: 7))
        return site
    }

    private static func insert(_ site: TestSite, on server: String, settled: Settlement? = nil) throws -> JobUUID {
        let uuid = JobUUID()
        _ = try site.store.insert(.sample(uuid, server: server), limit: nil)
        if let settled { _ = try site.store.settle(uuid, settled) }
        return uuid
    }

    @Test func `everyone sees which instances are gone, and only super users see the details`() throws {
        let site = try Self.site()
        _ = try Self.insert(site, on: "gone")
        for _ in 0..<2 {
            _ = try site.store.insert(.sample(server: "gone"), limit: RunningLimit(1, maxQueued: 9))
        }
        for (user, isSuper) in [("ann@lab", false), ("root@lab", true)] {
            let list = try site.get("/instances", as: user).json["instances"]?.list ?? []
            #expect(list.map { $0["name"]?.text } == ["a-here", "b-far", "c-gone"])
            #expect(list.map { $0["is_here"] } == [.truth(true), .truth(false), .truth(false)])
            #expect(list.map { $0["is_gone"] } == [.truth(false), .truth(false), .truth(true)])
            #expect(list.last?["last_seen"]?.number == 7)
            #expect(list.last?["address"]?.text == (isSuper ? "10.0.0.3:80" : nil))
            #expect(list.last?["running"]?.number == (isSuper ? 1 : nil))
            #expect(list.last?["waiting"]?.number == (isSuper ? 2 : nil))
            #expect(list.first?["running"]?.number == (isSuper ? 0 : nil))
            #expect(list.last?["version"]?.text == (isSuper ? "1" : nil))
        }
    }

    @Test func `a super user closes the executions of a gone instance and no others`() throws {
        let site = try Self.site()
        let job = try Self.insert(site, on: "gone")
        let alive = try Self.insert(site, on: "far")
        #expect(site.post("/instances/gone/close", "null", as: "ann@lab").status == .notFound)
        #expect(site.post("/instances/nobody/close", "null", as: "root@lab").status == .notFound)
        let conflict = site.post("/instances/far/close", "null", as: "root@lab")
        #expect(conflict.status == .conflict)
        #expect(try conflict.message?.contains("b-far is not gone") == true)
        #expect(try site.store.execution(job)?.status == .running)

        let response = site.post("/instances/gone/close", "null", as: "root@lab")
        #expect(response.status == .ok)
        #expect(try response.text == #"{"closed":1}"#)
        let row = try site.store.execution(job)
        #expect(row?.ending.reason == "lost: instance c-gone is gone, closed by root@lab")
        #expect(try site.store.execution(alive)?.status == .running)
    }

    @Test func `rows name their instance only if there are several`() throws {
        let alone = try TestSite()
        try alone.store.register(.sample(alone.storage.serverUUID, name: "a-here", lastSeen: Clock.seconds()))
        try alone.insert()
        let only = try #require(try alone.get("/history").json["data"]?.list.first)
        #expect(only["instance"] == .null)
        #expect(only["instance_is_gone"] == .truth(false))

        let site = try Self.site()
        for server in ["gone", "far", site.storage.serverUUID, "never-registered"] {
            _ = try Self.insert(site, on: server)
        }
        let rows = try site.get("/history").json["data"]?.list ?? []
        #expect(rows.map { $0["instance"]?.text } == [nil, "a-here", "b-far", "c-gone"])
        #expect(rows.map { $0["instance_is_gone"] == .truth(true) } == [false, false, false, true])
        #expect(rows.last?["instance_last_seen"]?.number == 7)
    }

    private static let nginx = ["REMOTISAN_INSTANCE_REDIRECT": "/remotisan-instances"]

    @Test(arguments: [
        ("", ""), ("?offset=0", "?offset=0"), ("?offset=-512", "?offset=-512"), ("?offset=7&x=%0d%0ay", "?offset=7"),
        ("/log", "/log"), ("/log?download=1", "/log?download=1"), ("/log?x=../../y", "/log"),
    ])
    func `nginx is sent to the instance with the log, without text from the client`(
        _ asked: String, _ sent: String
    ) throws {
        let site = try Self.site()
        let job = try Self.insert(site, on: "far")
        let response = site.get("/execute/\(job)\(asked)", Self.nginx)
        #expect(response.status == .ok)
        #expect(
            response.headers[.accelRedirect] == "/remotisan-instances/10.0.0.2:80/remotisan/execute/\(job)\(sent)")
        #expect(try response.bytes.isEmpty)
        // A person who may not see the job is not redirected.
        let stranger = site.get("/execute/\(job)\(asked)", as: "bob@lab", Self.nginx)
        #expect(stranger.status == .notFound)
        #expect(stranger.headers[.accelRedirect] == nil)
    }

    @Test(arguments: ["", "?offset=0", "/log"])
    func `a log that cannot be fetched is 503 with the name of its instance`(_ rest: String) throws {
        let site = try Self.site()
        try site.store.register(.sample("shy", name: "d-shy", lastSeen: Clock.seconds()))
        let forwarded = Self.nginx.merging(["HTTP_X_REMOTISAN_FORWARDED": "1"]) { $1 }
        for (server, name, parameters) in [
            ("far", "b-far", [:]), ("far", "b-far", forwarded), ("gone", "c-gone", Self.nginx),
            ("shy", "d-shy", Self.nginx), ("nobody", "nobody", Self.nginx),
        ] {
            let job = try Self.insert(site, on: server)
            let response = site.get("/execute/\(job)\(rest)", parameters)
            #expect(response.status == .serviceUnavailable, "\(server)")
            #expect(response.headers[.accelRedirect] == nil)
            #expect(try response.message?.contains(name) == true)
            #expect(try response.json["instance"]?.text == name)
        }
    }

    @Test func `an ended job without its log is answered from its row`() throws {
        let site = try Self.site()
        let job = try Self.insert(site, on: "gone", settled: .sample(.failed, exitCode: 3))
        let slice = site.get("/execute/\(job)?offset=5", Self.nginx)
        #expect(slice.status == .ok)
        let json = try slice.json
        #expect(json["isEnded"] == .truth(true))
        #expect(json["status"]?.number == Double(Status.failed.rawValue))
        #expect(json["exit_code"]?.number == 3)
        #expect(json["text"]?.text == "")
        #expect(json["unavailable"]?.text?.contains("c-gone") == true)
        #expect(json["retry_after_ms"]?.number == 0)
        let original = site.get("/execute/\(job)", Self.nginx)
        #expect(try original.json["isEnded"] == .truth(true))
        #expect(try original.json["content"]?.list.first?.text?.contains("c-gone") == true)
        #expect(site.get("/execute/\(job)/log", Self.nginx).status == .serviceUnavailable)
    }

    @Test func `a kill of a job on another instance is requested here`() throws {
        let site = try Self.site()
        let job = try Self.insert(site, on: "far")
        #expect(site.post("/kill/\(job)", "null").status == .ok)
        #expect(try site.store.execution(job)?.intendedToKillBy == "ann@lab")
    }
}
