import Core

/// `GET /assets/NAME`: style sheet and scripts of the page.
struct AssetEndpoint: PublicEndpoint {
    let page: PageSource

    func respond(to request: Request, _ values: [String]) throws -> Response {
        let assets = try page.assets()
        guard let asset = assets[values[0]] else { throw HTTPError(.notFound) }
        let tag = "\"\(assets.version)\""
        // The page names the version, so what it loads never changes; whoever asks without one asks again.
        let isCurrent = request.query["v"] == assets.version
        let headers = [
            (name: "ETag", value: tag),
            (name: "Cache-Control", value: isCurrent ? "public, max-age=31536000, immutable" : "no-cache"),
        ]
        if let known = request.header(.ifNoneMatch), Self.names(tag, in: known) {
            return Response(.notModified, headers: headers)
        }
        return Response(headers: headers + [("Content-Type", asset.type)], body: .bytes(asset.bytes))
    }

    /// Whether an If-None-Match field holds a tag, by weak comparison (RFC 9110, section 13.1.2): a web server that
    /// compresses makes a weak tag of ours.
    private static func names(_ tag: String, in field: String) -> Bool {
        field.split(separator: ",").contains { entry in
            let known = entry.trimmingOptionalWhitespace
            return known == "*" || known == tag || known == "W/" + tag
        }
    }
}
