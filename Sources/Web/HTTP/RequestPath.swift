import Core

/// The path of a request: the base with which all links of the page begin, and the route below it.
package struct RequestPath: Sendable, Equatable {
    /// The path of the page, such as `/remotisan`. It is empty if the page is at the root of the server.
    package let base: String
    /// The decoded parts below the base. There are none for the page.
    package let route: [String]

    /// Finds base and route; 400 if the path cannot be decoded, 404 if it is not below the base.
    ///
    /// Under Apache's ScriptAlias and mod_fcgid, SCRIPT_NAME and PATH_INFO together are the path (RFC 3875, section
    /// 4.1.5), so PATH_INFO is the route. nginx and mod_proxy_fcgi set no such pair, so the route follows `url`. Caddy
    /// sets an empty SCRIPT_NAME and the whole path as PATH_INFO, so the route follows `url` there, too. With
    /// `handle_path` Caddy has removed the beginning of PATH_INFO.
    ///
    /// - Parameters:
    ///   - target: The path and the query, see ``originForm(_:)``.
    ///   - isPublic: Whether a path that is not below `url` is that of a route, because `public_url` says where the
    ///     page is, and a proxy has removed its whole path.
    init(
        _ target: String, variables: CGIVariables, url: [String], isPublic: Bool = false
    ) throws(HTTPError) {
        let path = try Self.segments(target)
        if let info = variables["PATH_INFO"], info.hasPrefix("/") {
            let script = Self.split(variables["SCRIPT_NAME"] ?? "")
            let parts = Self.split(info)
            if script.isEmpty, parts.starts(with: url), path.suffix(parts.count) == parts[...] {
                route = Array(parts.dropFirst(url.count))
                base = Self.join(path.dropLast(route.count))
                return
            }
            if script + parts == path {
                base = Self.join(script)
                route = Array(path.dropFirst(script.count))
                return
            }
        }
        if path.starts(with: url) {
            base = Self.join(url)
            route = Array(path.dropFirst(url.count))
        } else if !path.isEmpty, path == Self.split(variables["SCRIPT_NAME"] ?? "") {
            // The script itself, at an address that does not begin with `url`.
            base = Self.join(path)
            route = []
        } else if isPublic {
            base = ""
            route = path
        } else {
            throw HTTPError(.notFound)
        }
    }

    /// The path and the query of a target in absolute form, such as `http://host/path?query` (RFC 9112, section 3.2.2).
    /// Apache passes it as it arrived. Any other target stays as it is.
    static func originForm(_ target: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard target.first != UInt8(ascii: "/") else { return target }
        for scheme in ["http://", "https://"] where target.starts(with: scheme.utf8, by: { $0 | 0x20 == $1 | 0x20 }) {
            let rest = target.dropFirst(scheme.utf8.count)
            return rest.firstIndex(of: UInt8(ascii: "/")).map { rest[$0...] } ?? ArraySlice("/".utf8)
        }
        return target
    }

    /// Decodes and normalises a path once, as web servers do before they choose a location: first percent signs, then
    /// empty parts, `.` and `..`.
    private static func segments(_ target: String) throws(HTTPError) -> [String] {
        let raw = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let decoded = PercentEncoding.decode(raw) else {
            throw HTTPError(.badRequest, "The path is malformed. Percent-encode it as UTF-8.")
        }
        return split(decoded)
    }

    /// The normalised parts of a decoded path.
    static func split(_ path: String) -> [String] {
        var parts: [String] = []
        var path = path
        // By hand, because every poll does this.
        path.withUTF8 { bytes in
            var start = 0
            for end in 0...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: "/") {
                let part = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
                switch part {
                case "", ".": break
                case "..": _ = parts.popLast()
                default: parts.append(part)
                }
                start = end + 1
            }
        }
        return parts
    }

    private static func join(_ parts: some Sequence<String>) -> String {
        parts.map { "/" + $0 }.joined()
    }
}
