import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// `kill` and `view` of a command, and `metrics`.
struct CommandRolesTests {
    private static let yaml = """
        super_users: [root@lab]
        metrics: [MONITOR]
        roles:
          RUN: { users: [run@lab, owner@lab] }
          VIEW: { users: [view@lab] }
          KILL: { users: [kill@lab] }
          MONITOR: { tokens_only: true }
          OTHER: { users: [other@lab] }
        commands:
          allowed:
            plain: { roles: [RUN], run: [/bin/true] }
            viewed: { roles: [RUN], run: [/bin/true], view: [VIEW] }
            shown: { roles: [RUN], run: [/bin/true], view: ["*"] }
            private: { roles: [RUN], run: [/bin/true], view: [] }
            listed: { roles: [RUN], run: [/bin/true], kill: [KILL] }
            section: { roles: [RUN], run: [/bin/true], view: VIEW, kill: { roles: [KILL], grace: 1s } }

        """

    private static let people = ["owner@lab", "run@lab", "view@lab", "kill@lab", "other@lab", "norole@lab", "root@lab"]

    /// The statuses of a poll, a log and a kill for ``people``, for an execution of owner@lab.
    static let expectations: [(command: String, see: [Int], kill: [Int])] = [
        ("plain", [200, 200, 404, 404, 404, 404, 200], [200, 401, 404, 404, 404, 404, 200]),
        ("viewed", [200, 404, 200, 404, 404, 404, 200], [200, 404, 401, 404, 404, 404, 200]),
        ("shown", [200, 200, 200, 200, 200, 404, 200], [200, 401, 401, 401, 401, 404, 200]),
        ("private", [200, 404, 404, 404, 404, 404, 200], [200, 404, 404, 404, 404, 404, 200]),
        ("listed", [200, 200, 404, 200, 404, 404, 200], [200, 401, 404, 200, 404, 404, 200]),
        ("section", [200, 404, 200, 200, 404, 404, 200], [200, 404, 401, 200, 404, 404, 200]),
        ("gone", [200, 404, 404, 404, 404, 404, 200], [200, 404, 404, 404, 404, 404, 200]),
    ]

    @Test(arguments: expectations)
    func `roles of a command decide who sees and kills others' executions`(
        _ command: String, _ see: [Int], _ kill: [Int]
    ) throws {
        for (index, person) in Self.people.enumerated() {
            let site = try TestSite(Self.yaml)
            let ended = try site.insert(user: "owner@lab", command: command, log: "x", settled: .sample())
            for target in ["/execute/\(ended)?offset=0", "/execute/\(ended)/log", "/execute/\(ended)"] {
                #expect(site.get(target, as: person).status.code == see[index], "\(person) \(target)")
            }
            let running = try site.insert(user: "owner@lab", command: command, log: "x")
            let lock = try HeldLock(site.temporary.files(running))
            let history = try site.get("/history", as: person).json
            #expect((history["total"]?.number == 2) == (see[index] == 200), "\(person)")
            let users = try site.get("/filters", as: person).json["users"]?.list.count
            #expect(users == (see[index] == 200 ? 1 : 0))
            let row = history["data"]?.list.first { $0["job_uuid"]?.text == "\(running)" }
            if let row { #expect((row["can_kill"] == .truth(true)) == (kill[index] == 200), "\(person)") }
            #expect(site.post("/kill/\(running)", "null", as: person).status.code == kill[index], "\(person)")
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `a queued execution is cancelled by those who may kill it`() throws {
        let site = try TestSite(Self.yaml)
        let uuid = JobUUID()
        let limit = RunningLimit(1, maxQueued: 5)
        for job in [JobUUID(), uuid] {
            _ = try site.store.insert(
                .sample(job, server: site.storage.serverUUID, user: "owner@lab", command: "listed"), limit: limit)
        }
        #expect(site.post("/kill/\(uuid)", "null", as: "run@lab").status == .unauthorized)
        #expect(site.post("/kill/\(uuid)", "null", as: "kill@lab").status == .ok)
        #expect(try site.store.execution(uuid)?.killedBy == "kill@lab")
    }

    @Test func `should_scope and allow_process_kill limit these roles, too`() throws {
        let scoped = try TestSite(Self.yaml + "history: { should_scope: true }\n")
        let job = try scoped.insert(user: "owner@lab", command: "section", log: "x", settled: .sample())
        for person in ["view@lab", "kill@lab", "root@lab"] {
            #expect(scoped.get("/execute/\(job)", as: person).status == .notFound)
            #expect(try scoped.get("/history", as: person).json["total"]?.number == 0)
        }
        #expect(scoped.get("/execute/\(job)", as: "owner@lab").status == .ok)
        let noKills = try TestSite(Self.yaml + "allow_process_kill: false\n")
        let running = try noKills.insert(user: "owner@lab", command: "listed")
        #expect(noKills.post("/kill/\(running)", "null", as: "kill@lab").status == .forbidden)
    }

    @Test func `metrics are read by super users and the roles of metrics`() throws {
        let site = try TestSite(Self.yaml)
        func status(_ roles: Set<String>) throws -> HTTPResponse.Status {
            let secret = APIToken.makeSecret()
            _ = try site.store.addToken(
                hash: APIToken.hash(of: secret),
                APIToken(id: 0, name: "", user: "prometheus", roles: roles, createdAt: 1, expiresAt: nil))
            return site.get("/metrics", as: nil, ["HTTP_AUTHORIZATION": "Bearer \(secret)"]).status
        }
        #expect(try status(["MONITOR"]) == .ok)
        #expect(try status(["RUN"]) == .notFound)
        #expect(try status([]) == .notFound)
        #expect(site.get("/metrics", as: "run@lab").status == .notFound)
        #expect(site.get("/metrics", as: "root@lab").status == .ok)
    }
}
