/// An answer that is a refusal: a status and a sentence for the person.
package struct HTTPError: Error, Sendable {
    /// Status.
    package let status: HTTPStatus
    /// What the person reads: no path, no SQL, nobody else's data.
    package let message: String
    /// What is wrong with which field.
    package let fields: [String: [String]]
    /// Further header fields.
    package let headers: [(name: String, value: String)]

    /// Creates an error; by default the message is the status's own words.
    package init(
        _ status: HTTPStatus, _ message: String? = nil, fields: [String: [String]] = [:],
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.message = message ?? status.reason
        self.fields = fields
        self.headers = headers
    }

    /// The original's answer to fields that are not right: 422.
    static func invalid(_ field: String, _ problem: String) -> HTTPError {
        HTTPError(.unprocessableContent, "The given data was invalid.", fields: [field: [problem]])
    }
}
