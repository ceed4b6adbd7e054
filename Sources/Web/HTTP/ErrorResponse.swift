import Core
import Logging

/// Turns errors into answers. No other place decides which status an error has.
struct ErrorResponse {
    let log: Logger
    /// Writes the answers for browsers that open an address; nil for JSON only.
    var page: ErrorPage?

    /// - Parameter request: The refused request; nil if it could not be read.
    func response(to error: any Error, for request: Request? = nil) -> Response {
        let refusal = httpError(for: error)
        let coded = CodedSentence(refusal.sentence)
        let body = Body(
            message: refusal.message, code: coded.code, values: coded.values,
            errors: refusal.fields.isEmpty ? nil : refusal.fields.mapValues { $0.map(\.description) },
            details: CodedSentence.details(of: refusal.fields),
            instance: (error as? InstanceUnreachableError)?.instance)
        guard var response = try? JSON.response(body, refusal.status) else { return Response(.internalServerError) }
        response.headers += refusal.headers
        guard let page, let request, ErrorPage.isWanted(by: request) else { return response }
        return page.response(to: request, instead: response, refusal)
    }

    private struct Body: Encodable {
        let message: String
        /// The code of the message, and the values in it.
        let code: String?
        let values: [String: String]?
        let errors: [String: [String]]?
        /// The code and the values of each sentence in `errors`.
        let details: [String: [CodedSentence]]?
        /// The instance that has the log, if it is another one.
        let instance: String?
    }

    /// The code and the values of a sentence. A sentence without a code has neither.
    private struct CodedSentence: Encodable {
        let code: String?
        let values: [String: String]?

        init(_ sentence: Sentence) {
            code = sentence.code.isEmpty ? nil : sentence.code
            values = sentence.values.isEmpty ? nil : sentence.values
        }

        /// The details of sentences by field; nil if no sentence has a code.
        static func details(of fields: [String: [Sentence]]) -> [String: [CodedSentence]]? {
            guard fields.values.contains(where: { $0.contains { !$0.code.isEmpty } }) else { return nil }
            return fields.mapValues { $0.map { CodedSentence($0) } }
        }
    }

    private func httpError(for error: any Error) -> HTTPError {
        switch error {
        case let error as HTTPError:
            return error
        case let error as StartError:
            switch error {
            case .invalid(let problem): return .invalid(problem.sentences)
            case .full: return HTTPError(.conflict, error.sentence)
            case .abandoned: return .busy(error.sentence)
            case .refusedTooOften(let seconds):
                return HTTPError(.tooManyRequests, error.sentence, headers: [.retryAfter: "\(seconds)"])
            case .keyReused: return .invalid("Idempotency-Key", error.sentence)
            case .failedBefore: return HTTPError(.internalServerError, error.sentence)
            case .notAllowed, .tooLong: return HTTPError(.badRequest, error.sentence)
            }
        case let error as LaunchError where error.isTemporary:
            return .busy(.uncoded(error.description))
        case let error as SystemError where error.isTemporary:
            log.error("a request failed", metadata: ["error": "\(error)"])
            return .busy(Sentence("server.busy", "The server is busy. Try again in a few seconds."))
        case let error as SystemError where error.isOfFullDisk:
            log.error("a request failed", metadata: ["error": "\(error)"])
            return .storeUnavailable
        case let error as LaunchError:
            return HTTPError(.internalServerError, error.description)
        case let error as UploadError:
            log.error("an upload was not stored", metadata: ["reason": "\(error)"])
            return HTTPError(error.isDiskFull ? .insufficientStorage : .internalServerError, error.description)
        case let error as InstanceUnreachableError:
            return HTTPError(.serviceUnavailable, error.message)
        case StoreError.unavailable(let detail):
            log.error("the store is not available", metadata: ["detail": "\(detail)"])
            return .storeUnavailable
        case StoreError.unusable(let problem, let detail):
            log.error("the store cannot be used", metadata: ["problem": "\(problem.rawValue)", "detail": "\(detail)"])
            return HTTPError(
                .serviceUnavailable,
                Sentence(
                    "store.unusable",
                    """
                    The store cannot be used now (\(problem.rawValue, as: "problem")). If this lasts, an administrator \
                    has to mend it.
                    """),
                headers: [.retryAfter: "5"])
        default:
            // The text of any other error may contain paths or SQL, so it goes to the log and not to the person.
            log.error("a request failed", metadata: ["error": "\(error)"])
            return HTTPError(.internalServerError, Sentence("server.error", "Server Error"))
        }
    }
}
