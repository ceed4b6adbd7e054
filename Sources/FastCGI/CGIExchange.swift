import CSystem
import Core
import Foundation
import Glibc
import Web

/// The one request of a plain CGI program (RFC 3875).
package enum CGIExchange {
    /// Whether this process was started to answer one request: the environment says so and nobody handed over a
    /// listening socket.
    package static var isRequested: Bool {
        ProcessInfo.processInfo.environment["GATEWAY_INTERFACE"] != nil && system_is_listening(0) != 1
    }

    /// Answers the request in the environment.
    package static func run(_ responder: Responder) {
        let environment = ProcessInfo.processInfo.environment
        let variables = CGIVariables(environment.map { ($0.key, $0.value) })
        // A web server may keep standard input open behind the body: what it announced is all there is. Of a chunked
        // one mod_cgid announces nothing, but ends it.
        let announced = variables["CONTENT_LENGTH"].flatMap { Int($0) }.map { max(0, $0) }
        let isChunked = announced == nil && variables["HTTP_TRANSFER_ENCODING"] != nil
        var got = 0
        let response = responder.respond(variables) { limit in
            let bytes = readInput(min(limit + 1, announced ?? limit + 1))
            got += bytes.count
            return bytes
        }
        // mod_cgid gives the body through a socket: leaving with some of it unread would reset the connection, and
        // the answer with it. Before the answer, which it does not read while it still writes.
        _ = readInput(min(max(0, (announced ?? (isChunked ? Limits.drained : 0)) - got), Limits.drained))
        ResponseWriter { bytes in
            (try? Descriptor.standardOutput { try $0.write(bytes, to: "standard output") }) != nil
        }.write(response, isHead: variables["REQUEST_METHOD"] == "HEAD")
    }

    private static func readInput(_ limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while filled < limit, let base = buffer.baseAddress {
                let got = read(0, base + filled, limit - filled)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
        }
    }
}
