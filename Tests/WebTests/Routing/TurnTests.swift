import Core
import TestSupport
import Testing

@testable import Web

/// Requests that take long, and have to wait for their turn.
struct TurnTests {
    private static func isAnswered(_ site: TestSite, _ target: String, _ more: [String: String]) throws -> Bool {
        let variables = ["REQUEST_METHOD": "GET", "REQUEST_URI": "/remotisan" + target, "REMOTISAN_USER": "ann@lab"]
            .merging(more) { $1 }
        do throws(Unanswered) {
            _ = try site.responder.answer(
                CGIVariables(variables.map { ($0.key, $0.value) }), isAbandoned: { false }, mayWait: false,
                hasTurn: false
            ) { _ in [] }
            return true
        } catch {
            guard case .noTurn(let user) = error else { throw error }
            #expect(user == "ann@lab")
            return false
        }
    }

    @Test(arguments: [
        "/execute/JOB/search?q=x", "/execute/JOB/log", "/history/export", "/history?page=2", "/history?command=x",
        "/history?uuid=x", "/history?sort=duration", "/history?status=2",
    ])
    func `a request that takes long is answered in its turn only`(_ target: String) throws {
        let site = try TestSite()
        let target = target.replacing("JOB", with: "\(try site.insert(log: "one\n", settled: .sample()))")
        #expect(try !Self.isAnswered(site, target, [:]))
        #expect(site.get(target).status == .ok)
    }

    @Test(arguments: ["/", "/commands", "/history", "/filters", "/execute/JOB", "/execute/JOB?offset=0", "/health"])
    func `all others are answered at once`(_ target: String) throws {
        let site = try TestSite()
        let target = target.replacing("JOB", with: "\(try site.insert(log: "one\n", settled: .sample()))")
        #expect(try Self.isAnswered(site, target, [:]))
    }

    @Test(arguments: [("REMOTISAN_LOG_REDIRECT", "/remotisan-logs/"), ("REMOTISAN_LOG_SENDFILE", "on")])
    func `a log that the web server sends needs no turn`(_ name: String, _ value: String) throws {
        let site = try TestSite()
        let job = try site.insert(log: "one\n", settled: .sample())
        #expect(try Self.isAnswered(site, "/execute/\(job)/log", [name: value]))
    }
}
