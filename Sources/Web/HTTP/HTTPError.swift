import Core
import HTTPTypes

/// A refused request: a status and a sentence for the person.
package struct HTTPError: Error, Sendable {
    package let status: HTTPResponse.Status
    /// The sentence that the person reads. It contains no path, no SQL and no data of other people.
    package let sentence: Sentence
    /// The sentences about single fields, by field.
    package let fields: [String: [Sentence]]
    /// Additional header fields of the answer.
    package let headers: HTTPFields

    /// Creates an error. Without a message, the reason phrase of the status is the message.
    package init(
        _ status: HTTPResponse.Status, _ message: String? = nil, fields: [String: [Sentence]] = [:],
        headers: HTTPFields = [:]
    ) {
        self.init(status, .uncoded(message ?? status.reasonPhrase), fields: fields, headers: headers)
    }

    /// Creates an error whose sentence clients can write in other languages.
    package init(
        _ status: HTTPResponse.Status, _ sentence: Sentence, fields: [String: [Sentence]] = [:],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.sentence = sentence
        self.fields = fields
        self.headers = headers
    }

    package var message: String { sentence.description }

    /// The store does not answer, or its disk is full.
    static let storeUnavailable = busy(
        Sentence("store.unavailable", "The store is not available. Try again in a few seconds."))

    /// The system is out of descriptors, processes or memory at the moment.
    static func busy(_ sentence: Sentence) -> HTTPError {
        HTTPError(.serviceUnavailable, sentence, headers: [.retryAfter: "5"])
    }

    /// The original's answer to an invalid field: 422.
    static func invalid(_ field: String, _ problem: Sentence) -> HTTPError {
        invalid([field: [problem]])
    }

    /// The same for a mistake that only a program can make, so that its sentence needs no other language.
    static func invalid(_ field: String, _ problem: String) -> HTTPError {
        invalid([field: [.uncoded(problem)]])
    }

    /// The original's answer to invalid fields: 422.
    static func invalid(_ fields: [String: [Sentence]]) -> HTTPError {
        HTTPError(.unprocessableContent, Sentence("input.invalid", "The given data was invalid."), fields: fields)
    }
}
