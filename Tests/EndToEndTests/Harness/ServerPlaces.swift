import Foundation
import Shipped
import Testing

/// The paths and ports of one installation in a web server's configuration.
struct ServerPlaces: Sendable {
    /// Directory of the server's files.
    let server: String
    /// Directory for files of the server's workers.
    let runtime: String
    let port: UInt16
    let socket: String
    let configuration: String
    let storage: String
    /// The complete example for nginx.
    let site: String
    /// Port of the application that nginx asks.
    let application: UInt16
    /// `url:` of the configuration.
    let url: String

    /// Writes a file of the server and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = "\(server)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
        return path
    }

    /// Writes a file as `remotisan-broker export` does, and then replaces what an administrator would edit: paths of
    /// the web server, and ports.
    ///
    /// - Parameter shipped: Directory and name of the file, such as `nginx/remotisan.location.conf`.
    func fill(_ shipped: String, as name: String) throws {
        let parts = shipped.split(separator: "/").map(String.init)
        let places = ShippedFiles.Places(
            configuration: configuration, storage: storage, logs: storage + "/logs", socket: socket, url: url,
            programs: Places.programs)
        let exported = try #require(ShippedFiles.filled(parts[0], places)[parts[1]])
        var text = String(decoding: exported, as: UTF8.self)
        let substitutions = [
            ("/etc/nginx/snippets/", "\(server)/"),
            ("/etc/nginx/remotisan.htpasswd", "\(server)/htpasswd"),
            ("/etc/apache2/remotisan.htpasswd", "\(server)/htpasswd"),
            ("/etc/apache2/remotisan.groups", "\(server)/groups"),
            ("listen 80;", "listen 127.0.0.1:\(port);"),
            ("listen [::]:80;", ""),
            ("127.0.0.1:8000", "127.0.0.1:\(application)"),
        ]
        for (theirs, ours) in substitutions { text = text.replacingOccurrences(of: theirs, with: ours) }
        let live = text.split(separator: "\n").filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("#") }
        for line in live {
            let forgotten = ["/etc/", "/run/", "/var/lib/"].filter { line.contains($0) }
            try #require(forgotten.isEmpty, "a path of \(shipped) was not replaced: \(line)")
        }
        try write(name, text)
    }
}
