import Glibc
import HTTPTypes
import Logging
import Testing

@testable import Core
@testable import Web

struct ErrorResponseTests {
    @Test(arguments: [EMFILE, ENFILE, ENOMEM, EAGAIN])
    func `a request that finds no descriptor, process or memory may be repeated`(_ code: Int32) throws {
        let responses = ErrorResponse(log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var launch = LaunchError(description: "The supervisor could not be started.")
        launch.isTemporary = true
        for error in [SystemError("open", "/x", code: code), launch] as [any Error] {
            let response = responses.response(to: error)
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] == "5")
        }
    }

    @Test func `other failures are not repeated`() {
        let responses = ErrorResponse(log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for error in [SystemError("open", "/x", code: EIO), LaunchError(description: "x")] as [any Error] {
            #expect(responses.response(to: error).status == .internalServerError)
        }
    }
}
