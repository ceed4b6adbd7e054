import CFastCGI
import Core
import Glibc
import Web

/// One FastCGI request and its answer.
struct Exchange {
    /// libfcgi's request, with its variables read. Valid until `FCGX_Finish_r`.
    let request: UnsafeMutablePointer<FCGX_Request>

    /// When the body must be here, in milliseconds of the boot clock: a client that sends a byte now and then must not
    /// keep a thread.
    private let deadline = Clock.boottimeMilliseconds() + 10_000

    /// Answers the request.
    ///
    /// - Returns: Whether all of it was read, so that the connection can be used again or closed gently.
    func run(_ responder: Responder) -> Bool {
        let variables = CGIVariables(lines())
        let response =
            variables.size > Limits.variables
            ? Response(
                .headerFieldsTooLarge, text: "{\"message\":\"Request Header Fields Too Large\"}",
                type: "application/json")
            : responder.respond(variables) { limit in read(limit + 1) }
        // At least the empty record that ends it: mod_proxy_fcgi writes that one by itself, also after a GET; if we had
        // answered and closed by then, its write would fail and the answer be a 503.
        let isRead = read(Limits.drained).count < Limits.drained && Clock.boottimeMilliseconds() < deadline
        write(response, isHead: variables["REQUEST_METHOD"] == "HEAD")
        return isRead
    }

    /// The variables as libfcgi keeps them.
    private func lines() -> [UnsafeRawBufferPointer] {
        var lines: [UnsafeRawBufferPointer] = []
        var entry = request.pointee.envp
        while let text = entry?.pointee {
            lines.append(UnsafeRawBufferPointer(start: text, count: strlen(text)))
            entry = entry?.advanced(by: 1)
        }
        return lines
    }

    /// Reads up to so many bytes; fewer at the end of the body, and when time is up.
    ///
    /// What has arrived is taken as it is: asked for more, libfcgi would wait for all of it, however slowly it came.
    private func read(_ limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        guard let input = request.pointee.in else { return bytes }
        while bytes.count < limit, Clock.boottimeMilliseconds() < deadline {
            let first = FCGX_GetChar(input)
            guard first >= 0 else { break }
            bytes.append(UInt8(truncatingIfNeeded: first))
            let arrived = input.pointee.stop - input.pointee.rdNext
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: max(arrived, 1)) { buffer in
                let got = FCGX_GetStr(buffer.baseAddress, Int32(min(arrived, limit - bytes.count)), input)
                bytes.append(contentsOf: UnsafeRawBufferPointer(buffer).prefix(Int(max(got, 0))))
            }
        }
        return bytes
    }

    private func write(_ response: Response, isHead: Bool) {
        ResponseWriter { bytes in
            bytes.withUnsafeBytes { buffer in
                let text = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return FCGX_PutStr(text, Int32(buffer.count), request.pointee.out) == Int32(buffer.count)
            }
        }.write(response, isHead: isHead)
    }
}
