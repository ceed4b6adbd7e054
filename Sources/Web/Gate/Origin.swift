import Core

/// The origin of our page: its scheme, host and port, as a browser sees them.
struct Origin {
    private let publicURL: PublicURL?

    init(publicURL: String?) {
        self.publicURL = publicURL.flatMap { PublicURL($0) }
    }

    /// Whether the configuration says what browsers see. If not, it is taken from the request.
    var isConfigured: Bool { publicURL != nil }

    /// The origin, such as `https://ops.example.com`.
    func origin(of request: Request) -> String {
        if let publicURL { return publicURL.origin }
        let variables = request.variables
        let isSecure = (variables["HTTPS"].map { !$0.isEmpty && $0.lowercased() != "off" } ?? false)
        let scheme = isSecure || variables["REQUEST_SCHEME"] == "https" ? "https" : "http"
        var host = Self.valid(variables["HTTP_HOST"]) ?? variables["SERVER_NAME"] ?? "localhost"
        // In an IPv6 address such as [::1], only a colon after the bracket begins a port.
        let hasPort = (host.lastIndex(of: "]").map { host[$0...] } ?? host[...]).contains(":")
        let usual = scheme == "https" ? "443" : "80"
        if !hasPort, let port = variables["SERVER_PORT"], !port.isEmpty, port != usual { host += ":\(port)" }
        // A proxy may name the usual port (`Host $host:$server_port`). A browser never does.
        if hasPort, host.hasSuffix(":\(usual)") { host.removeLast(usual.count + 1) }
        return "\(scheme)://\(host)"
    }

    /// The path of the page as browsers see it, with which its links begin. A proxy may change or remove the path that
    /// the request has here.
    func path(of request: Request) -> String {
        publicURL?.path ?? request.path.base
    }

    /// The absolute address of the page, with which absolute links begin.
    func base(of request: Request) -> String {
        origin(of: request) + path(of: request)
    }

    /// What a browser reports about the page that made a request.
    enum Relation: Equatable {
        /// It was our page, or the client is not a browser.
        case own
        /// It was a page of another site.
        case foreign
        /// It was a page with this origin, which is not ours. A proxy that changes the host causes that, too.
        case differing(origin: String)
    }

    /// What the browser reports about the page that made a request.
    ///
    /// If the browser sends Sec-Fetch-Site, it decides. A page cannot set it, and it is right behind a proxy that ends
    /// TLS, where the scheme that we see differs from the browser's. Browsers send it over TLS only. Otherwise the
    /// Origin field decides.
    func relation(of request: Request) -> Relation {
        if let site = request.header(.fetchSite) { return ["same-origin", "none"].contains(site) ? .own : .foreign }
        guard let origin = request.header(.origin) else { return .own }
        return origin.lowercased() == self.origin(of: request).lowercased() ? .own : .differing(origin: origin)
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
