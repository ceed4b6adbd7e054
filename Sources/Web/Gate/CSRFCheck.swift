import Core

/// Refuses requests that another site's page forged in the name of a person who is logged in here.
///
/// A browser sends a person's login along with such a request. Its origin shows the other site, and it lacks the token
/// that is in our page.
struct CSRFCheck {
    let token: CSRFToken
    let origin: Origin

    /// Throws 403 if the request comes from another site, and 419 if its CSRF token is missing or wrong.
    func check(_ request: Request, by person: Person) throws(HTTPError) {
        switch origin.relation(of: request) {
        case .own: break
        case .foreign: throw Self.foreign
        case .differing(let other): throw differing(other, from: origin.origin(of: request))
        }
        guard let sent = request.header(.csrfToken), token.isValid(sent, for: person) else {
            throw HTTPError(.pageExpired, Sentence("csrf.mismatch", "CSRF token mismatch."))
        }
    }

    /// Throws 403 if a page of another site asks for data, so that the browser does not even load it. A link to us that
    /// a person follows is admitted.
    func refuseForeignRead(_ request: Request) throws(HTTPError) {
        guard request.header(.fetchSite) == "cross-site" else { return }
        guard request.header(.fetchMode) == "navigate", request.header(.fetchDestination) == "document" else {
            throw Self.foreign
        }
    }

    private static let foreign = HTTPError(
        .forbidden, Sentence("csrf.foreign", "The request comes from another site. Use the page, or an API token."))

    /// The refusal for a browser that names another origin. A proxy that changes `Host` has the same effect, so the
    /// sentence says what to do about it.
    private func differing(_ other: String, from own: String) -> HTTPError {
        let remedy =
            origin.isConfigured
            ? "If this is the address that people use, correct public_url in the configuration."
            : "If a proxy changes the host, set public_url in the configuration to the address that people use."
        return HTTPError(
            .forbidden,
            """
            The request comes from another site: from a page at \(other.sanitized.prefix(100)), but this page is at \
            \(own.sanitized.prefix(100)). Use the page, or an API token. \(remedy)
            """)
    }
}
