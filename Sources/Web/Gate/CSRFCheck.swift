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
        guard !origin.isForeign(request) else {
            throw HTTPError(.forbidden, "The request comes from another site. Use the page, or an API token.")
        }
        guard let sent = request.header(.csrfToken), token.isValid(sent, for: person) else {
            throw HTTPError(.pageExpired, "CSRF token mismatch.")
        }
    }
}
