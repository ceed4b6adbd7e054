/// Where our own pages come from, as a browser sees it.
struct Origin {
    private let publicURL: String?

    init(publicURL: String?) {
        self.publicURL = publicURL
    }

    /// Scheme, host and port: `https://ops.example.com`.
    func origin(of request: Request) -> String {
        if let publicURL {
            let parts = publicURL.split(separator: "/", omittingEmptySubsequences: false)
            return parts.prefix(3).joined(separator: "/")
        }
        let variables = request.variables
        let isSecure = (variables["HTTPS"].map { !$0.isEmpty && $0.lowercased() != "off" } ?? false)
        let scheme = isSecure || variables["REQUEST_SCHEME"] == "https" ? "https" : "http"
        var host = Self.valid(variables["HTTP_HOST"]) ?? variables["SERVER_NAME"] ?? "localhost"
        // The colons of [::1] are no port's.
        let hasPort = (host.lastIndex(of: "]").map { host[$0...] } ?? host[...]).contains(":")
        if !hasPort, let port = variables["SERVER_PORT"], !port.isEmpty, port != (scheme == "https" ? "443" : "80") {
            host += ":\(port)"
        }
        return "\(scheme)://\(host)"
    }

    /// The base of absolute links.
    func base(of request: Request) -> String {
        publicURL ?? origin(of: request) + request.path.base
    }

    /// Whether a browser says that another site's page made this request.
    ///
    /// Where the browser sends fetch metadata they decide: no page can set them, and they hold also behind a proxy that
    /// ends TLS, where the scheme we see is not the browser's. Else the Origin field does; a client that sends neither is
    /// no browser.
    func isForeign(_ request: Request) -> Bool {
        if let site = request.header(.fetchSite) { return !["same-origin", "none"].contains(site) }
        guard let origin = request.header(.origin) else { return false }
        return origin.lowercased() != self.origin(of: request).lowercased()
    }

    private static func valid(_ host: String?) -> String? {
        guard let host, !host.isEmpty else { return nil }
        let isPlain = host.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._:[]".utf8.contains(byte)
        }
        return isPlain ? host : nil
    }
}
