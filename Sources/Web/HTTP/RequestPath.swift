/// Where a request leads: the base that all our links begin with, and the route below it.
public struct RequestPath: Sendable, Equatable {
    /// The path of the page, such as `/remotisan`; empty at the root of the server.
    public let base: String
    /// The decoded parts below it; empty for the page.
    public let route: [String]

    /// Finds base and route.
    ///
    /// Under Apache's ScriptAlias and mod_fcgid, SCRIPT_NAME and a PATH_INFO together are the path (RFC 3875, 4.1.5):
    /// then PATH_INFO is the route. nginx and mod_proxy_fcgi have no such pair: then it is the path after `url`.
    ///
    /// - Throws: ``HTTPError``: 400 for a path that cannot be decoded, 404 for one that is not ours.
    init(parameters: Parameters, url: String) throws(HTTPError) {
        let raw = (parameters["REQUEST_URI"] ?? "/").prefix { $0 != "?" }
        let path = try Self.segments(raw)
        let script = parameters["SCRIPT_NAME"] ?? ""
        let info = parameters["PATH_INFO"] ?? ""
        let scriptSegments = Self.split(script)
        if info.hasPrefix("/"), scriptSegments + Self.split(info) == path {
            base = Self.join(scriptSegments)
            route = Array(path.dropFirst(scriptSegments.count))
            return
        }
        let own = Self.split(url)
        if path.starts(with: own) {
            base = Self.join(own)
            route = Array(path.dropFirst(own.count))
        } else if !scriptSegments.isEmpty, path == scriptSegments {
            // A script that is asked for by its bare name, at a place that `url` does not speak of.
            base = Self.join(path)
            route = []
        } else {
            throw HTTPError(.notFound)
        }
    }

    /// One decoding and one normalisation, as web servers do before they choose a location: percent signs, then
    /// empty, `.` and `..` parts.
    private static func segments(_ raw: Substring) throws(HTTPError) -> [String] {
        guard let decoded = PercentCoding.decode(raw.utf8, plusIsSpace: false) else {
            throw HTTPError(.badRequest, "The path is not valid.")
        }
        return split(decoded)
    }

    private static func split(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts
    }

    private static func join(_ parts: [String]) -> String {
        parts.map { "/" + $0 }.joined()
    }
}
