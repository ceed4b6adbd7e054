import Core
import Synchronization

/// The commands that people may run, as JSON. A command is encoded again only if the catalogue has changed.
final class CommandList: Sendable {
    private let catalogue: Catalogue
    private let permissions: Permissions
    private let refresh: BackgroundRefresh
    private let encoded = Mutex(Encoded())

    private struct Encoded {
        var version = -1
        var entries: [String: [UInt8]] = [:]
    }

    init(catalogue: Catalogue, permissions: Permissions, refresh: BackgroundRefresh) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.refresh = refresh
    }

    /// An object with the commands of a person, by name.
    func json(for person: Person) throws -> [UInt8] {
        let snapshot = catalogue.current
        refresh.startIfDue(for: snapshot)
        let commands = snapshot.commands(for: person, permissions)
        return try encoded.withLock { encoded in
            if encoded.version != snapshot.version { encoded = Encoded(version: snapshot.version) }
            var bytes: [UInt8] = [UInt8(ascii: "{")]
            for command in commands {
                if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
                if let entry = encoded.entries[command.name] {
                    bytes += entry
                } else {
                    let entry = try Self.encode(command)
                    encoded.entries[command.name] = entry
                    bytes += entry
                }
            }
            bytes.append(UInt8(ascii: "}"))
            return bytes
        }
    }

    /// `"NAME":{…}`.
    private static func encode(_ command: Command) throws -> [UInt8] {
        var bytes: [UInt8] = []
        JSON.append(command.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        return bytes + Array(try CommandEntry(command).json().utf8)
    }
}
