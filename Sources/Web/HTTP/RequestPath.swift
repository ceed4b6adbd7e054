import Core

/// Where a request leads: the base that all our links begin with, and the route below it.
package struct RequestPath: Sendable, Equatable {
    /// The path of the page, such as `/remotisan`; empty at the root of the server.
    package let base: String
    /// The decoded parts below it; empty for the page.
    package let route: [String]

    /// Finds base and route.
    ///
    /// Under Apache's ScriptAlias and mod_fcgid, SCRIPT_NAME and a PATH_INFO together are the path (RFC 3875, 4.1.5):
    /// then PATH_INFO is the route. nginx and mod_proxy_fcgi have no such pair: then it is the path after `url`.
    ///
    /// - Throws: ``HTTPError``: 400 for a path that cannot be decoded, 404 for one that is not ours.
    init(variables: CGIVariables, url: [String]) throws(HTTPError) {
        let path = try Self.segments(variables["REQUEST_URI"] ?? "/")
        if let info = variables["PATH_INFO"], info.hasPrefix("/") {
            let script = Self.split(variables["SCRIPT_NAME"] ?? "")
            if script + Self.split(info) == path {
                base = Self.join(script)
                route = Array(path.dropFirst(script.count))
                return
            }
        }
        if path.starts(with: url) {
            base = Self.join(url)
            route = Array(path.dropFirst(url.count))
        } else if !path.isEmpty, path == Self.split(variables["SCRIPT_NAME"] ?? "") {
            // A script that is asked for by its bare name, at a place that `url` does not speak of.
            base = Self.join(path)
            route = []
        } else {
            throw HTTPError(.notFound)
        }
    }

    /// One decoding and one normalisation, as web servers do before they choose a location: percent signs, then
    /// empty, `.` and `..` parts.
    private static func segments(_ target: String) throws(HTTPError) -> [String] {
        let raw = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let decoded = PercentEncoding.decode(raw) else {
            throw HTTPError(.badRequest, "The path is not valid.")
        }
        return split(decoded)
    }

    /// The parts of a decoded path.
    static func split(_ path: String) -> [String] {
        var parts: [String] = []
        for bytes in path.utf8.split(separator: UInt8(ascii: "/")) {
            let part = String(Substring(bytes))
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return parts
    }

    private static func join(_ parts: [String]) -> String {
        parts.map { "/" + $0 }.joined()
    }
}
