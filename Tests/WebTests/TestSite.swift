import Core
import Foundation
import Logging
import SQLiteStore
import TestSupport

@testable import Web

/// The web side of an instance, with a real store in a temporary storage.
final class TestSite: Sendable {
    let temporary: TemporaryStorage
    let store: SQLiteStore
    let configuration: Configuration
    let responder: Responder
    private let csrf: CSRFToken

    var storage: Storage { temporary.storage }

    init(_ yaml: String = Configuration.sampleText, isMigrated: Bool = true, condition: InstanceCondition = .good)
        throws
    {
        temporary = try TemporaryStorage()
        configuration = try .sample(yaml)
        store = try SQLiteStore(path: temporary.storage.database)
        if isMigrated { try store.migrate() }
        csrf = CSRFToken(secret: temporary.storage.secret)
        responder = try WebApplication.responder(
            configuration, storage: temporary.storage,
            catalogue: Catalogue(configuration, storage: temporary.storage), store: store, tokens: store,
            registry: store, personal: store,
            launcher: Launcher(
                programs: try .supervisorOnly(in: temporary.directory), storage: temporary.storage,
                configuration: configuration.path),
            condition: condition,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Answers a request with exactly these CGI variables.
    func respond(_ variables: [String: String], body: String = "") -> Response {
        respond(CGIVariables(variables.map { ($0.key, $0.value) }), body: body)
    }

    func respond(_ variables: CGIVariables, body: String = "") -> Response {
        responder.respond(variables) { limit in Array(body.utf8.prefix(limit + 1)) }
    }

    /// Sends a GET request with the CGI variables that nginx sets. `target` is path and query below the base.
    func get(
        _ target: String, as user: String? = "ann@lab", method: String = "GET", _ more: [String: String] = [:]
    ) -> Response {
        var variables = ["REQUEST_METHOD": method, "REQUEST_URI": "/remotisan" + target, "HTTP_HOST": "ops.lab"]
        if let user { variables["REMOTISAN_USER"] = user }
        return respond(variables.merging(more) { $1 })
    }

    /// Posts JSON with the header fields that a browser sends from our page.
    func post(
        _ target: String, _ body: String, as user: String? = "ann@lab", with more: [String: String] = [:]
    ) -> Response {
        var variables = [
            "REQUEST_METHOD": "POST", "REQUEST_URI": "/remotisan" + target, "HTTP_HOST": "ops.lab",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": String(body.utf8.count),
        ]
        if let user {
            variables["REMOTISAN_USER"] = user
            variables["HTTP_X_CSRF_TOKEN"] = token(for: user)
        }
        return respond(variables.merging(more) { $1 }, body: body)
    }

    func token(for user: String) -> String {
        Person(identifier: user, roles: [], isSuperUser: false).map { csrf.make(for: $0) } ?? ""
    }

    /// Inserts an execution of this instance. It counts as lost unless the test also holds its lock or settles it.
    @discardableResult
    func insert(
        user: String? = "ann@lab", command: String = "only:a", parameters: String = "",
        executedAt: Int64 = 1_790_000_000, log: String? = nil, settled: Settlement? = nil
    ) throws -> JobUUID {
        let uuid = JobUUID()
        _ = try store.insert(
            .sample(
                uuid, server: storage.serverUUID, user: user, command: command, parameters: parameters,
                executedAt: executedAt), limit: nil)
        if let log { try temporary.write(log, to: temporary.files(uuid).log) }
        if let settled { _ = try store.settle(uuid, settled) }
        return uuid
    }
}

extension Response {
    var bytes: [UInt8] {
        get throws {
            switch body {
            case .bytes(let bytes): bytes
            case .log(let reader, let offset, let count): try reader.bytes(at: offset, count: Int(count))
            case .parts(let next): Array(sequence(state: ()) { _ in try? next() }.joined())
            }
        }
    }

    var text: String {
        get throws { String(decoding: try bytes, as: UTF8.self) }
    }

    var json: JSONValue {
        get throws { try JSONDecoder().decode(JSONValue.self, from: Data(try bytes)) }
    }

    var message: String? {
        get throws { try json["message"]?.text }
    }
}

extension JSONValue {
    subscript(key: String) -> JSONValue? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    var list: [JSONValue] {
        if case .list(let list) = self { list } else { [] }
    }

    var keys: Set<String> {
        if case .object(let fields) = self { Set(fields.keys) } else { [] }
    }
}
