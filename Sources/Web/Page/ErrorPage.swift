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

    /// The answer with a page in place of its JSON.
    ///
    /// - Parameter message: The sentence of the refusal.
    func response(to request: Request, instead response: Response, message: String) -> Response {
        let isLoginMissing = response.status == .unauthorized
        let heading = isLoginMissing ? "You are not logged in" : response.status.reasonPhrase
        let text =
            isLoginMissing
            ? """
            Log in to this site, then open this page again. If you are logged in already, tell the administrator that \
            the web server does not pass your name to Remotisan.
            """ : message
        let base = PageAssets.escaped(origin.path(of: request))
        let version = (try? page.assets().version) ?? ""
        let html = """
            <!doctype html>
            <html lang="en">
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
                <p><a class="button primary" href="\(base)/">\(isLoginMissing ? "Try again" : "Open Remotisan")</a></p>
              </div></main>
            </body>
            </html>

            """
        var answer = response
        answer.body = .bytes(Array(html.utf8))
        answer.headers[.contentType] = "text/html; charset=utf-8"
        answer.headers[.contentSecurityPolicy] = Self.policy
        return answer
    }
}
