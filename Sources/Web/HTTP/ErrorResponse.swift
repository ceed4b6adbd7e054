import Core
import Logging

/// Turns errors into answers: the one place where an error becomes a status.
struct ErrorResponse {
    let log: Logger

    func response(to error: any Error) -> Response {
        let (status, message, fields, headers) = describe(error)
        var body = Body(message: message)
        body.instance = (error as? InstanceRedirect.Unreachable)?.instance
        if !fields.isEmpty { body.errors = fields }
        guard var response = try? JSON.response(body, status) else { return Response(.internalServerError) }
        response.headers += headers
        return response
    }

    private struct Body: Encodable {
        var message: String
        var errors: [String: [String]]?
        /// Who has what is asked for, where that is another instance.
        var instance: String?
    }

    private typealias Description = (HTTPStatus, String, [String: [String]], [(name: String, value: String)])

    private func describe(_ error: any Error) -> Description {
        switch error {
        case let error as HTTPError:
            return (error.status, error.message, error.fields, error.headers)
        case let refused as StartExecution.Refused:
            if case .invalid(let problem) = refused {
                return (.unprocessableContent, "The given data was invalid.", problem.fields, [])
            }
            if case .full = refused { return (.conflict, refused.description, [:], []) }
            return (.badRequest, refused.description, [:], [])
        case let failure as LaunchError:
            return (.internalServerError, failure.description, [:], [])
        case let failure as UploadFailure:
            log.error("an upload was not kept", metadata: ["reason": "\(failure)"])
            return (failure.isDiskFull ? .insufficientStorage : .internalServerError, failure.description, [:], [])
        case let unreachable as InstanceRedirect.Unreachable:
            return (.serviceUnavailable, unreachable.message, [:], [])
        case StoreError.unavailable(let detail):
            log.error("the store is not available", metadata: ["detail": "\(detail)"])
            return (.serviceUnavailable, "The audit store is not available. Try again.", [:], [("Retry-After", "5")])
        default:
            // Whatever else it is, its words are for the operator.
            log.error("a request failed", metadata: ["error": "\(error)"])
            return (.internalServerError, "Server Error", [:], [])
        }
    }
}
