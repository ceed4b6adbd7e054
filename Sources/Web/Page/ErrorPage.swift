import Core
import HTTPTypes

/// A refusal as a page, for a browser that opens an address. Programs get JSON.
struct ErrorPage {
    let page: PageSource
    let origin: Origin

    private static let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// Whether a browser asks for a page, and not a script for data.
    static func isWanted(by request: Request) -> Bool {
        let accepted = request.header(.accept)?.lowercased() ?? ""
        guard request.method == "GET", accepted.contains("text/html") else { return false }
        return request.header(.fetchMode).map { $0 == "navigate" } ?? true
    }

    /// The answer with a page in place of its JSON, in the language of the request.
    func response(to request: Request, instead response: Response, _ refusal: HTTPError) -> Response {
        let isLoginMissing = response.status == .unauthorized
        let assets = try? page.assets()
        let language = PageLanguage.wanted(by: request, among: assets?.languages ?? [PageLanguage.fallback])
        let texts = assets?.sentences(in: language) ?? PageSentences()
        let heading = texts.text(of: isLoginMissing ? Self.loginHeading : Self.heading(of: response.status))
        let text = texts.text(of: isLoginMissing ? Self.loginText : Self.sentence(of: refusal))
        let button = texts.text(of: isLoginMissing ? Self.retry : Self.open)
        let base = PageAssets.escaped(origin.path(of: request))
        let version = assets?.version ?? ""
        let html = """
            <!doctype html>
            <html lang="\(language)">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>\(PageAssets.escaped(heading)) · Remotisan</title>
              <link rel="stylesheet" href="\(base)/assets/page.css?v=\(version)">
            </head>
            <body>
              <header class="page-header"><span class="brand">Remotisan</span></header>
              <main class="main"><div class="view not-found">
                <h1>\(PageAssets.escaped(heading))</h1>
                <p>\(PageAssets.escaped(text))</p>
                <p><a class="button primary" href="\(base)/">\(PageAssets.escaped(button))</a></p>
              </div></main>
            </body>
            </html>

            """
        var answer = response
        answer.body = .bytes(Array(html.utf8))
        answer.headers[.contentType] = "text/html; charset=utf-8"
        answer.headers[.contentSecurityPolicy] = Self.policy
        answer.headers[.vary] = "Accept, Accept-Language, Cookie, Sec-Fetch-Mode"
        return answer
    }

    private static let loginHeading = Sentence("page.loginHeading", "You are not logged in")
    private static let loginText = Sentence(
        "page.loginText",
        """
        Log in to this site, then open this page again. If you are logged in already, tell the administrator that \
        the web server does not pass your name to Remotisan.
        """)
    private static let retry = Sentence("page.retry", "Try again")
    private static let open = Sentence("page.open", "Open Remotisan")

    private static func heading(of status: HTTPResponse.Status) -> Sentence {
        Sentence("status.\(status.code)", status.reasonPhrase, [:])
    }

    /// The sentence of the refusal; the heading if it has no other.
    private static func sentence(of refusal: HTTPError) -> Sentence {
        refusal.message == refusal.status.reasonPhrase ? heading(of: refusal.status) : refusal.sentence
    }
}
