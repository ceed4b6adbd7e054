import Foundation

/// Converts a configuration of the original into a configuration of Remotisan.
///
/// Its input is what Laravel says: `json_encode(config("remotisan"))`. All versions of the original are understood. A
/// value of a key that is not known is never repeated, because it may be a secret.
package struct OriginalConfiguration {
    /// Something that is different now.
    package struct Remark: Sendable, Equatable, CustomStringConvertible {
        /// Whether the administrator has to decide something.
        package let isDecision: Bool
        package let text: String

        package var description: String { "\(isDecision ? "decide" : "note"): \(text)" }
    }

    /// What the dump does not say.
    package struct Surroundings: Sendable {
        /// The directory of the Laravel application; nil to take it from the dump.
        package var application: String?
        package var storage: String
        /// The value of `database`; nil for the default.
        package var database: String?
        package var passwordFile: String?

        package init(
            application: String? = nil, storage: String = ConfigurationSource.defaultStorage, database: String? = nil,
            passwordFile: String? = nil
        ) {
            self.application = application
            self.storage = storage
            self.database = database
            self.passwordFile = passwordFile
        }
    }

    /// A command of the original.
    struct Command: Equatable {
        let name: String
        /// Empty if nobody could run it.
        let roles: [String]
    }

    private(set) var remarks: [Remark] = []
    private(set) var url: String?
    private(set) var commands: [Command] = []
    private(set) var maxParamsCharsLength: Int?
    private(set) var maxRecords: Int?
    private(set) var shouldScope: Bool?
    private(set) var killKey: String?
    private(set) var allowKill: Bool?
    private(set) var superUsers: [String] = []
    private(set) var environment: String?
    private(set) var basePath: String?
    /// The value of `logger.path`. A log had the path of this text, the UUID and `.log`.
    package private(set) var logPath: String?

    /// Reads a dump.
    ///
    /// - Parameter file: Its name for messages.
    package init(_ dump: Data, of file: String) throws(ImportError) {
        let text = String(decoding: dump, as: UTF8.self)
        let trimmed = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        guard !trimmed.trimmingWhitespace.isEmpty else {
            throw .unusable(file: file, reason: "it is empty. \(Self.advice)")
        }
        guard let first = trimmed.trimmingWhitespace.first, "{[n".contains(first) else {
            throw .unusable(
                file: file, reason: "it does not begin with JSON, but with other output. \(Self.advice)")
        }
        let value: JSONValue
        do { value = try JSONDecoder().decode(JSONValue.self, from: Data(trimmed.utf8)) } catch {
            throw .unusable(file: file, reason: "it is not JSON: \(Self.reason(error)). \(Self.advice)")
        }
        guard case .object(var root) = value else {
            throw .unusable(
                file: file,
                reason: "it has no keys. Is the original installed in this application? \(Self.advice)")
        }
        // All of Laravel's configuration, or ours with a few facts beside it. Other sections have secrets.
        if case .object(let own)? = root["remotisan"] {
            basePath = root["base_path"]?.texts.first
            environment = root["environment"]?.texts.first
            if environment == nil, case .object(let app)? = root["app"] { environment = app["env"]?.texts.first }
            root = own
        }
        read(root)
    }

    private static let advice =
        "Make it with: php artisan tinker --execute='echo json_encode(config(\"remotisan\"));' > remotisan.json"

    private static func reason(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
        let detail = (context.underlyingError as? NSError)?.userInfo[NSDebugDescriptionErrorKey] as? String
        return (detail ?? context.debugDescription).sanitized
    }

    private mutating func note(_ text: String) { remarks.append(.init(isDecision: false, text: text)) }
    private mutating func decide(_ text: String) { remarks.append(.init(isDecision: true, text: text)) }

    private mutating func read(_ root: [String: JSONValue]) {
        for (key, value) in root.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "url", "base_url_prefix":
                let text = value.texts.first?.trimmingSlashes
                if key == "base_url_prefix", root["url"]?.texts.first != nil, url != text {
                    note("base_url_prefix and url differ. url is used.")
                }
                if key == "url" || root["url"]?.texts.first == nil { url = text }
            case "commands": readCommands(value)
            case "max_params_chars_length": maxParamsCharsLength = maxParamsCharsLength ?? value.wholeNumber
            case "logger": readLogger(value)
            case "history": readHistory(value)
            case "show_history_records_num": maxRecords = maxRecords ?? value.wholeNumber
            case "kill_switch_key_prefix": killKey = value.texts.first ?? killKey
            case "killing_key": killKey = killKey ?? value.texts.first
            case "allow_process_kill": allowKill = value.boolean
            case "super_users": readSuperUsers(value)
            case "server_guid_key":
                note("server_guid_key has no counterpart. `remotisan-broker import uuid` takes over the UUID itself.")
            case "authentication_exception_class", "error_factory":
                note("\(key) has no counterpart. Errors are answered as docs/http-api.md says.")
            case "allowance_rules":
                decide("allowance_rules has no counterpart. Each command names its roles. Check them.")
            default: unknown(key)
            }
        }
        if case .object? = root["commands"] { return }
        readCommands(.null)
    }

    private mutating func unknown(_ key: String) {
        decide(
            "\(key.sanitized) is not a key of the original that is known here, so it was left out. Its value is not shown "
                + "because it may be a secret.")
    }

    private mutating func readCommands(_ value: JSONValue) {
        var lists: [JSONValue] = []
        if case .object(let section) = value {
            for (key, value) in section.sorted(by: { $0.key < $1.key }) {
                switch key {
                case "allowed": lists.insert(value, at: 0)
                case "max_params_chars_length": maxParamsCharsLength = value.wholeNumber
                // An early version wrote the commands of the environment beside `allowed`.
                case "0": lists.append(value)
                default: unknown("commands.\(key)")
                }
            }
        }
        var found: [String: [String]] = [:]
        for list in lists { readAllowed(list, into: &found) }
        commands = found.map { Command(name: $0.key, roles: $0.value) }.sorted { $0.name < $1.name }
        if commands.isEmpty {
            decide(
                "The configuration allows no command. If the roles are in attributes (#[RemotisanRoles]), name each command "
                    + "with its roles under commands.allowed.")
        }
    }

    private mutating func readAllowed(_ value: JSONValue, into found: inout [String: [String]]) {
        switch value {
        case .object(let commands):
            for (name, value) in commands.sorted(by: { $0.key < $1.key }) {
                guard case .object(let keys) = value else {
                    found[name] = []
                    continue
                }
                found[name] = keys["roles"]?.names ?? []
                for key in keys.keys.sorted() where key != "roles" { unknown("commands.allowed.\(name).\(key)") }
            }
        case .list(let entries):
            for entry in entries {
                // A name without its roles.
                if case .text(let name) = entry { found[name] = [] } else { readAllowed(entry, into: &found) }
            }
        default: break
        }
    }

    private mutating func readLogger(_ value: JSONValue) {
        guard case .object(let section) = value else { return }
        for (key, value) in section.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "path": logPath = value.texts.first
            case "max_read_bytes", "lines_per_chunk":
                note("logger.\(key) has no counterpart. A poll answers at most 1 MiB of a log.")
            default: unknown("logger.\(key)")
            }
        }
    }

    private mutating func readHistory(_ value: JSONValue) {
        guard case .object(let section) = value else { return }
        for (key, value) in section.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "max_records": maxRecords = value.wholeNumber
            case "should-scope", "should_scope": shouldScope = value.boolean
            default: unknown("history.\(key)")
            }
        }
    }

    private mutating func readSuperUsers(_ value: JSONValue) {
        superUsers = value.names
        if superUsers.contains("*") {
            decide("super_users has \"*\": everybody may see and kill everything. Name persons instead.")
        }
    }
}

extension JSONValue {
    /// The whole number, also if it is a text, as a variable of the environment is.
    fileprivate var wholeNumber: Int? {
        switch self {
        case .number(let number): Int(exactly: number)
        case .text(let text): Int(text)
        default: nil
        }
    }

    /// The truth value, also as PHP takes texts and numbers for one.
    fileprivate var boolean: Bool? {
        switch self {
        case .truth(let truth): truth
        case .number(let number): number != 0
        case .text(let text): ["1", "true", "on", "yes"].contains(text.lowercased())
        default: nil
        }
    }

    /// The names in a list or a single value. Constants of classes may be numbers.
    fileprivate var names: [String] {
        switch self {
        case .null: []
        case .text(let text): text.isEmpty ? [] : [text]
        case .truth: []
        case .number(let number), .inexactNumber(let number):
            ["\(Int64(exactly: number).map { "\($0)" } ?? "\(number)")"]
        case .list(let list): list.flatMap(\.names)
        // A list with gaps is an object in PHP's JSON.
        case .object(let object): object.sorted { $0.key < $1.key }.flatMap { $0.value.names }
        }
    }
}
