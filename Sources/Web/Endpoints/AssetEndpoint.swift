/// `GET /assets/NAME`: style sheet and scripts of the page.
struct AssetEndpoint: PublicEndpoint {
    let assets: PageAssets

    func respond(to request: Request, _ values: [String]) throws -> Response {
        guard let asset = assets[values[0]] else { throw HTTPError(.notFound) }
        let tag = "\"\(assets.version)\""
        // The page names the version, so what it loads never changes; whoever asks without one asks again.
        let isCurrent = request.query["v"] == assets.version
        let headers = [
            (name: "ETag", value: tag),
            (name: "Cache-Control", value: isCurrent ? "public, max-age=31536000, immutable" : "no-cache"),
        ]
        if request.header(.ifNoneMatch) == tag { return Response(.notModified, headers: headers) }
        return Response(headers: headers + [("Content-Type", asset.type)], body: .bytes(asset.bytes))
    }
}
