import HTTPTypes

/// A refused request: a status and a sentence for the person.
package struct HTTPError: Error, Sendable {
    package let status: HTTPResponse.Status
    /// The sentence that the person reads. It contains no path, no SQL and no data of other people.
    package let message: String
    /// The sentences about single fields, by field.
    package let fields: [String: [String]]
    /// Additional header fields of the answer.
    package let headers: HTTPFields

    /// Creates an error. Without a message, the reason phrase of the status is the message.
    package init(
        _ status: HTTPResponse.Status, _ message: String? = nil, fields: [String: [String]] = [:],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.message = message ?? status.reasonPhrase
        self.fields = fields
        self.headers = headers
    }

    /// The store does not answer, or its disk is full.
    static let storeUnavailable = busy("The store is not available. Try again in a few seconds.")

    /// The system is out of descriptors, processes or memory at the moment.
    static func busy(_ message: String) -> HTTPError {
        HTTPError(.serviceUnavailable, message, headers: [.retryAfter: "5"])
    }

    /// The original's answer to an invalid field: 422.
    static func invalid(_ field: String, _ problem: String) -> HTTPError {
        invalid([field: [problem]])
    }

    /// The original's answer to invalid fields: 422.
    static func invalid(_ fields: [String: [String]]) -> HTTPError {
        HTTPError(.unprocessableContent, "The given data was invalid.", fields: fields)
    }
}
