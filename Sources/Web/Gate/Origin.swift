/// The origin of our page: its scheme, host and port, as a browser sees them.
struct Origin {
    private let publicURL: String?

    init(publicURL: String?) {
        self.publicURL = publicURL
    }

    /// The origin, such as `https://ops.example.com`.
    func origin(of request: Request) -> String {
        if let publicURL {
            let parts = publicURL.split(separator: "/", omittingEmptySubsequences: false)
            return parts.prefix(3).joined(separator: "/")
        }
        let variables = request.variables
        let isSecure = (variables["HTTPS"].map { !$0.isEmpty && $0.lowercased() != "off" } ?? false)
        let scheme = isSecure || variables["REQUEST_SCHEME"] == "https" ? "https" : "http"
        var host = Self.valid(variables["HTTP_HOST"]) ?? variables["SERVER_NAME"] ?? "localhost"
        // In an IPv6 address such as [::1], only a colon after the bracket begins a port.
        let hasPort = (host.lastIndex(of: "]").map { host[$0...] } ?? host[...]).contains(":")
        if !hasPort, let port = variables["SERVER_PORT"], !port.isEmpty, port != (scheme == "https" ? "443" : "80") {
            host += ":\(port)"
        }
        return "\(scheme)://\(host)"
    }

    /// The absolute address of the page, with which absolute links begin.
    func base(of request: Request) -> String {
        publicURL ?? origin(of: request) + request.path.base
    }

    /// Whether a browser reports that another site's page made the request.
    ///
    /// If the browser sends Sec-Fetch-Site, it decides. A page cannot set it, and it is right behind a proxy that ends
    /// TLS, where the scheme that we see differs from the browser's. Otherwise the Origin field decides. A client that
    /// sends neither is not a browser.
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
