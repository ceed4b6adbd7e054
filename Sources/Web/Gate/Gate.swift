import Core

/// Decides whether a request is admitted. Every request passes the gate, polls included.
struct Gate {
    let identities: IdentityReader
    let permissions: Permissions
    let csrf: CSRFCheck
    private let known = KnownPeople()

    init(identities: IdentityReader, permissions: Permissions, csrf: CSRFCheck) {
        self.identities = identities
        self.permissions = permissions
        self.csrf = csrf
    }

    /// Identifies the sender of a request to a route that needs a login, and checks that they may use the route.
    ///
    /// - Throws: ``HTTPError``, or `StoreError` if the API token cannot be looked up.
    func admit(_ request: Request, to route: Route) throws -> Person {
        let (person, source) = try person(of: request)
        if source == .webServer, !route.pattern.isEmpty { try csrf.refuseForeignRead(request) }
        if route.method == .post {
            try checkContentType(request)
            // No browser sends a bearer token by itself, so a request that has one is not forged.
            if source == .webServer { try csrf.check(request, by: person) }
        }
        // A route that this person may not use does not exist for them.
        switch route.access {
        case .everyone, .identified: break
        case .metricsReaders: guard permissions.mayReadMetrics(by: person) else { throw HTTPError(.notFound) }
        case .superUsers: guard person.isSuperUser else { throw HTTPError(.notFound) }
        }
        return person
    }

    private func person(of request: Request) throws -> (Person, IdentityReader.Source) {
        let variables = identities.decidingVariables(of: request)
        if let variables, let person = known.person(variables) { return (person, .webServer) }
        let (credentials, source) = try identities.read(request)
        guard let person = permissions.person(credentials) else { throw HTTPError(.unauthorized) }
        if let variables { known.remember(person, by: variables) }
        return (person, source)
    }

    private func checkContentType(_ request: Request) throws(HTTPError) {
        let type = (request.variables["CONTENT_TYPE"] ?? "").prefix { $0 != ";" }
        guard type.trimmingOptionalWhitespace.lowercased() == "application/json" else {
            throw HTTPError(
                .unsupportedMediaType, "The body must be JSON. Send the header Content-Type: application/json.")
        }
    }
}
