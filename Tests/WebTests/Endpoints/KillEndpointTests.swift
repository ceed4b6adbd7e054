import HTTPTypes
import TestSupport
import Testing

@testable import Core
@testable import Web

struct KillEndpointTests {
    @Test func `a kill request is recorded and answered with the UUID`() throws {
        let site = try TestSite()
        let job = try site.insert()
        let lock = try HeldLock(site.temporary.files(job))
        defer { withExtendedLifetime(lock) {} }
        let response = site.post("/kill/\(job)", "null")
        #expect(response.status == .ok)
        #expect(try response.text == #"{"uuid":"\#(job)"}"#)
        #expect(try site.store.execution(job)?.intendedToKillBy == "ann@lab")
    }

    @Test func `every refusal has its status, a null uuid and the message twice`() throws {
        let site = try TestSite()
        let theirs = try site.insert(user: "olga@lab")
        let ended = try site.insert(settled: .sample())
        let twice = try site.insert()
        let locks = try [theirs, twice].map { try HeldLock(site.temporary.files($0)) }
        defer { withExtendedLifetime(locks) {} }
        #expect(site.post("/kill/\(twice)", "null").status == .ok)

        let expected: [(String, HTTPResponse.Status)] = [
            ("\(theirs)", .unauthorized), ("\(JobUUID())", .notFound), ("nonsense", .notFound),
            ("\(ended)", .unprocessableContent), ("\(twice)", .conflict),
        ]
        for (uuid, status) in expected {
            let response = site.post("/kill/\(uuid)", "null")
            #expect(response.status == status)
            let json = try response.json
            #expect(json.keys == ["uuid", "message", "error_message", "code"])
            #expect(json["uuid"] == .null)
            #expect(json["message"]?.text?.isEmpty == false)
            #expect(json["error_message"] == json["message"])
        }
        #expect(try site.store.execution(theirs)?.intendedToKillBy == nil)
        #expect(try site.store.execution(ended)?.intendedToKillBy == nil)
    }

    @Test func `a job with an exit record has ended before it is settled`() throws {
        let site = try TestSite()
        let job = try site.insert()
        try site.temporary.write("code 0\nended 1790000001000\n", to: site.temporary.files(job).exit)
        #expect(site.post("/kill/\(job)", "null").status == .unprocessableContent)
        #expect(try site.store.execution(job)?.intendedToKillBy == nil)
    }

    @Test func `kills are refused if allow_process_kill is false`() throws {
        let site = try TestSite(Configuration.sampleText + "allow_process_kill: false\n")
        let job = try site.insert()
        for user in ["ann@lab", "root@lab"] {
            let response = site.post("/kill/\(job)", "null", as: user)
            #expect(response.status == .forbidden)
            #expect(try response.json["error_message"]?.text == "Killing jobs is turned off.")
        }
        #expect(site.post("/kill/\(job)", "null", as: "bob@lab").status == .notFound)
        #expect(try site.store.execution(job)?.intendedToKillBy == nil)
    }

    @Test func `a kill can be forced at once and afterwards, by people who may kill`() throws {
        let site = try TestSite()
        let job = try site.insert()
        let other = try site.insert()
        let locks = try [job, other].map { try HeldLock(site.temporary.files($0)) }
        defer { withExtendedLifetime(locks) {} }
        func isForced(_ uuid: JobUUID) -> Bool { site.temporary.files(uuid).isKillForced }
        #expect(site.post("/kill/\(job)", "null").status == .ok)
        #expect(!isForced(job))
        #expect(site.post("/kill/\(job)", #"{"now":true}"#, as: "olga@lab").status != .ok)
        #expect(site.post("/kill/\(job)", #"{"now":"yes"}"#).status == .unprocessableContent)
        #expect(!isForced(job))
        #expect(site.post("/kill/\(job)", #"{"now":true}"#).status == .ok)
        #expect(isForced(job))
        #expect(site.post("/kill/\(other)", #"{"now":true}"#).status == .ok)
        #expect(isForced(other))
        #expect(try site.store.execution(other)?.intendedToKillBy == "ann@lab")
    }

    @Test func `an uppercase UUID is the same job`() throws {
        let site = try TestSite()
        let job = try site.insert()
        let lock = try HeldLock(site.temporary.files(job))
        defer { withExtendedLifetime(lock) {} }
        #expect(site.post("/kill/\(job.description.uppercased())", "null").status == .ok)
    }
}
