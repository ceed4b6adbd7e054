import Core
import Crypto

/// The commands that people may run, as JSON. A list is written again only if the catalogue has changed.
final class CommandList: Sendable {
    private let catalogue: Catalogue
    private let permissions: Permissions
    private let refresh: BackgroundRefresh
    private let isForOneRequest: Bool
    private let lists = RoleCache<List>()

    /// A list for all people with the same roles.
    struct List: Sendable {
        /// An object with the commands by name.
        let json: [UInt8]
        /// The answer of `GET /commands`, which contains the object.
        let answer: CompressedBytes
        /// Its entity tag (RFC 9110, section 8.8.3).
        let tag: String
    }

    /// - Parameter isForOneRequest: Whether this process answers one request (CGI).
    init(catalogue: Catalogue, permissions: Permissions, refresh: BackgroundRefresh, isForOneRequest: Bool) {
        self.isForOneRequest = isForOneRequest
        self.catalogue = catalogue
        self.permissions = permissions
        self.refresh = refresh
    }

    /// The commands of a person.
    func list(for person: Person) throws -> List {
        let snapshot = catalogue.current
        refresh.startIfDue(for: snapshot)
        return try lists.value(for: person, version: snapshot.version) {
            let json = try Self.encode(snapshot.commands(for: person, permissions))
            var body = JSONObject(capacity: json.count + 16)
            body.add("commands", json: json)
            let answer = CompressedBytes(body.text(), isCompressed: !isForOneRequest)
            return List(json: json, answer: answer, tag: "\"\(SHA256.hash(data: json).hexadecimal.prefix(24))\"")
        }
    }

    private static func encode(_ commands: [Command]) throws -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for command in commands {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += try encode(command)
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
