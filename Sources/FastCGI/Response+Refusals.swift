import HTTPTypes
import Web

/// Answers to requests that do not reach the responder.
extension Response {
    static let tooManyVariables = Response(
        .requestHeaderFieldsTooLarge, text: "{\"message\":\"Request Header Fields Too Large\"}",
        type: "application/json")

    static let tooManyBodies = later(.serviceUnavailable, "Too many large requests arrive at once.")

    static let tooManyBodiesOfUser = later(
        .tooManyRequests, "Too many large requests of this user arrive at once.")

    static let tooManyLongRequests = later(.serviceUnavailable, "Too many searches and exports go on at once.")

    static let tooManyLongRequestsOfUser = later(
        .tooManyRequests, "Too many searches and exports of this user go on at once.")

    static let restarting = later(.serviceUnavailable, "The service restarts.")

    private static func later(_ status: HTTPResponse.Status, _ reason: String) -> Response {
        Response(
            status, headers: [.contentType: "application/json", .retryAfter: "5"],
            body: .bytes(Array("{\"message\":\"\(reason) Try again in a few seconds.\"}".utf8)))
    }
}
