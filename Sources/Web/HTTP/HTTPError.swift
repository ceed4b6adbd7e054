/// An answer that is a refusal: a status and a sentence for the person.
public struct HTTPError: Error, Sendable {
    /// Status.
    public let status: HTTPStatus
    /// What the person reads: no path, no SQL, nobody else's data.
    public let message: String
    /// What is wrong with which field.
    public let fields: [String: [String]]
    /// Further header fields.
    public let headers: [(name: String, value: String)]

    /// Creates an error; by default the message is the status's own words.
    public init(
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
