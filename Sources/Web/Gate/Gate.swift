import Core

/// The one door: every request, every poll included, is let in here or nowhere.
struct Gate {
    private let identities: IdentityReader
    private let permissions: Permissions
    private let csrf: CSRFToken
    private let origin: Origin

    init(identities: IdentityReader, permissions: Permissions, csrf: CSRFToken, origin: Origin) {
        self.identities = identities
        self.permissions = permissions
        self.csrf = csrf
        self.origin = origin
    }

    /// The person behind a request to a route that is not open to everyone.
    ///
    /// - Throws: ``HTTPError``, `StoreError`.
    func admit(_ request: Request, to route: Route) throws -> Person {
        let (credentials, source) = try identities.read(request)
        guard let person = permissions.person(credentials) else { throw HTTPError(.unauthorized) }
        if route.method == .post {
            try checkContentType(request)
            if source == .webServer { try checkCSRF(request, person) }
        }
        // What a person has no right to know of does not exist.
        if route.access == .superUsers, !person.isSuperUser { throw HTTPError(.notFound) }
        return person
    }

    private func checkContentType(_ request: Request) throws {
        let type = (request.variables["CONTENT_TYPE"] ?? "").prefix { $0 != ";" }
        guard type.trimmingOptionalWhitespace.lowercased() == "application/json" else {
            throw HTTPError(.unsupportedMediaType, "Send JSON, with Content-Type: application/json.")
        }
    }

    private func checkCSRF(_ request: Request, _ person: Person) throws {
        guard !origin.isForeign(request) else {
            throw HTTPError(.forbidden, "This request comes from another site.")
        }
        guard let token = request.header(.csrfToken), csrf.isValid(token, for: person) else {
            throw HTTPError(.tokenMismatch, "CSRF token mismatch.")
        }
    }
}
