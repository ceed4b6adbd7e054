import Core
import Crypto
import Synchronization

/// The commands that people may run, as JSON. A list is written again only if the catalogue has changed.
final class CommandList: Sendable {
    private let catalogue: Catalogue
    private let permissions: Permissions
    private let refresh: BackgroundRefresh
    private let encoded = Mutex(Encoded())
    /// Maximum number of lists in memory. Each set of roles has one.
    private static let listsMax = 64

    /// A list for all people with the same roles.
    struct List: Sendable {
        /// An object with the commands by name.
        let json: [UInt8]
        /// Its entity tag (RFC 9110, section 8.8.3).
        let tag: String
    }

    private struct Encoded {
        var version = -1
        var entries: [String: [UInt8]] = [:]
        /// By the roles of people: whether a person may run a command depends on nothing else.
        var lists: [ExactRoles: List] = [:]
    }

    /// Roles by their bytes. Names that differ only in their normalization are different roles.
    private struct ExactRoles: Hashable {
        private let names: [[UInt8]]

        init(_ roles: Set<String>) {
            names = roles.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        }
    }

    init(catalogue: Catalogue, permissions: Permissions, refresh: BackgroundRefresh) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.refresh = refresh
    }

    /// The commands of a person.
    func list(for person: Person) throws -> List {
        let snapshot = catalogue.current
        refresh.startIfDue(for: snapshot)
        let roles = ExactRoles(person.roles)
        return try encoded.withLock { encoded in
            if encoded.version != snapshot.version { encoded = Encoded(version: snapshot.version) }
            if let list = encoded.lists[roles] { return list }
            let json = try Self.encode(snapshot.commands(for: person, permissions), &encoded.entries)
            let list = List(json: json, tag: "\"\(SHA256.hash(data: json).prefix(12).hexadecimal)\"")
            if encoded.lists.count >= Self.listsMax { encoded.lists = [:] }
            encoded.lists[roles] = list
            return list
        }
    }

    private static func encode(_ commands: [Command], _ entries: inout [String: [UInt8]]) throws -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for command in commands {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            let entry = try entries[command.name] ?? encode(command)
            entries[command.name] = entry
            bytes += entry
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// `"NAME":{…}`.
    private static func encode(_ command: Command) throws -> [UInt8] {
        var bytes: [UInt8] = []
        JSON.append(command.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        return bytes + Array(try CommandEntry(command).json().utf8)
    }
}
