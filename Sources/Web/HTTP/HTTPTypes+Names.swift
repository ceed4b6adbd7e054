import HTTPTypes

extension HTTPResponse.Status {
    /// 419: the CSRF token is missing or wrong. Laravel's own status, which the original answers.
    package static let pageExpired = Self(code: 419, reasonPhrase: "Page Expired")
    /// 507: the disk has no space for an upload (RFC 4918, section 11.5).
    package static let insufficientStorage = Self(code: 507, reasonPhrase: "Insufficient Storage")
}

extension HTTPField.Name {
    /// Sent by the page with the token of its `<meta name="csrf-token">`.
    static let csrfToken = name("X-CSRF-TOKEN")
    /// Sent by clients that may repeat a request (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = name("Idempotency-Key")
    /// Sent by browsers: how the request's site relates to ours (Fetch Metadata).
    static let fetchSite = name("Sec-Fetch-Site")
    /// Sent by browsers: whether a person follows a link (`navigate`), and what is loaded (`document`).
    static let fetchMode = name("Sec-Fetch-Mode")
    static let fetchDestination = name("Sec-Fetch-Dest")
    /// Which sites may load our answers into their pages.
    static let resourcePolicy = name("Cross-Origin-Resource-Policy")
    /// Which windows may have access to ours.
    static let openerPolicy = name("Cross-Origin-Opener-Policy")
    /// Set by the nginx of another instance that forwards a request to this one.
    static let forwarded = name("X-Remotisan-Forwarded")
    /// Which pages learn our address from a link.
    static let referrerPolicy = name("Referrer-Policy")
    /// Tells nginx to send a file, or the answer of another location, in place of our body.
    package static let accelRedirect = name("X-Accel-Redirect")
    /// Tells Apache's mod_xsendfile to send a file in place of our body.
    package static let sendfile = name("X-Sendfile")

    private static func name(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is not a name of a header field.") }
        return name
    }
}
