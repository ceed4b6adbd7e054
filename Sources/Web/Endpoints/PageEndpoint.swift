import Core

/// `GET /`: the page.
struct PageEndpoint: Endpoint {
    let page: PageSource
    let csrf: CSRFToken
    let commands: CommandList
    let killAllowed: Bool

    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'
        """

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let assets = try page.assets()
        // What `GET /commands` would say, so that a first view needs one request less.
        let list = String(decoding: try commands.json(for: person), as: UTF8.self)
        let values = [
            "base": request.path.base, "csrf": csrf.make(for: person), "user": person.identifier,
            "super": String(person.isSuperUser), "kill": String(killAllowed), "version": assets.version,
            "commands": list,
        ]
        var response = Response(text: assets.page(values), type: "text/html; charset=utf-8")
        response.headers.append(("Content-Security-Policy", Self.policy))
        return response
    }
}
