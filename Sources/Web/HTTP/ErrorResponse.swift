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
        let body = Body(
            message: refusal.message, errors: refusal.fields.isEmpty ? nil : refusal.fields,
            instance: (error as? InstanceUnreachableError)?.instance)
        guard var response = try? JSON.response(body, refusal.status) else { return Response(.internalServerError) }
        response.headers += refusal.headers
        guard let page, let request, ErrorPage.isWanted(by: request) else { return response }
        return page.response(to: request, instead: response, message: refusal.message)
    }

    private struct Body: Encodable {
        let message: String
        let errors: [String: [String]]?
        /// The instance that has the log, if it is another one.
        let instance: String?
    }

    private func httpError(for error: any Error) -> HTTPError {
        switch error {
        case let error as HTTPError:
            return error
        case let error as StartError:
            switch error {
            case .invalid(let problem): return .invalid(problem.fields)
            case .full: return HTTPError(.conflict, error.description)
            case .abandoned: return HTTPError(.serviceUnavailable, error.description, headers: [.retryAfter: "5"])
            case .refusedTooOften(let seconds):
                return HTTPError(.tooManyRequests, error.description, headers: [.retryAfter: "\(seconds)"])
            case .keyReused: return .invalid("Idempotency-Key", error.description)
            case .failedBefore: return HTTPError(.internalServerError, error.description)
            case .notAllowed, .tooLong: return HTTPError(.badRequest, error.description)
            }
        case let error as LaunchError where error.isTemporary:
            return .busy(error.description)
        case let error as SystemError where error.isTemporary:
            log.error("a request failed", metadata: ["error": "\(error)"])
            return .busy("The server is busy. Try again in a few seconds.")
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
                "The store cannot be used now (\(problem.rawValue)). If this lasts, an administrator has to mend it.",
                headers: [.retryAfter: "5"])
        default:
            // The text of any other error may contain paths or SQL, so it goes to the log and not to the person.
            log.error("a request failed", metadata: ["error": "\(error)"])
            return HTTPError(.internalServerError, "Server Error")
        }
    }
}
