import Synchronization
import Testing

@testable import Core

/// Clients that start executions until they are told to stop.
final class StartingClients: Sendable {
    private let answered = Mutex<[JobUUID]>([])
    private let refused = Mutex<[HTTPReply]>([])
    private let isOver = Mutex(false)
    private let fields: [String: String]

    init(_ command: String, _ params: String = "") {
        fields = ["command": command, "params": params]
    }

    /// The jobs of all starts that were answered with success.
    var uuids: [JobUUID] { answered.withLock { $0 } }
    /// All other answers.
    var refusals: [HTTPReply] { refused.withLock { $0 } }

    /// Lets the clients end after their current requests.
    func end() { isOver.withLock { $0 = true } }

    /// Starts executions until ``end()``.
    func run(_ person: Visitor) async throws {
        while !isOver.withLock({ $0 }) {
            let reply = try await person.post("/execute", fields)
            if reply.status == 200 {
                let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
                answered.withLock { $0.append(uuid) }
            } else {
                refused.withLock { $0.append(reply) }
            }
            // Otherwise they would do nothing but fill the disk.
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
