import Core
import HTTPTypes

/// `GET /`: the page.
struct PageEndpoint: Endpoint {
    let page: PageSource
    let csrf: CSRFToken
    let commands: CommandList
    let personal: KeepPersonal
    let origin: Origin
    let killAllowed: Bool

    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'
        """

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let assets = try page.assets()
        // The page contains the answer of `GET /commands`, which saves the first view a request.
        let list = String(decoding: try commands.list(for: person).json, as: UTF8.self)
        // Without the store the page still opens, and says what is wrong where it needs it.
        let kept = (try? personal.kept(by: person)).map { PersonalEntries($0, person: person) }
        let language = PageLanguage.wanted(by: request, among: assets.languages)
        let values = [
            "lang": language, "languages": assets.languages.joined(separator: " "),
            "personal": try kept.map { try JSON.text($0) } ?? "",
            "base": origin.path(of: request), "csrf": csrf.make(for: person), "user": person.identifier,
            "super": String(person.isSuperUser), "kill": String(killAllowed), "version": assets.version,
            "commands": list,
        ]
        var response = Response(text: assets.page(values), type: "text/html; charset=utf-8")
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.vary] = "Accept-Language, Cookie"
        return response
    }
}

/// `GET /assets/{name}`: a style sheet, script or icon of the page.
struct AssetEndpoint: PublicEndpoint {
    let page: PageSource

    func respond(to request: Request, _ values: PathValues) throws -> Response {
        let assets = try page.assets()
        guard let asset = assets[try values.assetName] else { throw HTTPError(.notFound) }
        let tag = "\"\(assets.version)\""
        // The page asks with the version, so that answer never changes. Without the version, browsers must ask again.
        let isCurrent = request.query["v"] == assets.version
        return asset.content.response(
            to: request, tag: tag, type: asset.type,
            cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache")
    }
}
