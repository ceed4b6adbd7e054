import Foundation
import Testing

/// What of a web server's configuration belongs to one installation.
struct ServerPlaces: Sendable {
    /// Directory of the server's own files.
    let server: String
    /// Directory that the server's workers write to.
    let runtime: String
    let port: UInt16
    let socket: String
    let configuration: String
    let storage: String
    /// nginx's complete example.
    let site: String
    /// Port of the application that it asks.
    let application: UInt16

    /// Writes a file of the server and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = "\(server)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
        return path
    }

    /// Writes a shipped file with this installation's paths and port in the place of an administrator's.
    func fill(_ shipped: String, as name: String) throws {
        var text = try String(contentsOfFile: "\(Places.repository)/\(shipped)", encoding: .utf8)
        let substitutions = [
            ("/etc/nginx/snippets/", "\(server)/"),
            ("/etc/nginx/remotisan.htpasswd", "\(server)/htpasswd"),
            ("/etc/apache2/remotisan.htpasswd", "\(server)/htpasswd"),
            ("/etc/apache2/remotisan.groups", "\(server)/groups"),
            ("/run/remotisan/remotisan.sock", socket),
            ("/var/lib/remotisan/logs/", "\(storage)/logs/"),
            ("/etc/remotisan/remotisan.yaml", configuration),
            ("/usr/bin/remotisan-fcgi", "\(Places.programs)/remotisan-fcgi"),
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
