import CFastCGI
import Core
import Glibc
import Web

/// One FastCGI request and its answer.
struct Exchange {
    /// libfcgi's request, with its parameters read. Valid until `FCGX_Finish_r`.
    let request: UnsafeMutablePointer<FCGX_Request>

    /// Answers the request.
    func run(_ responder: Responder) {
        let (parameters, isTooLarge) = parameters()
        let response =
            isTooLarge
            ? Response(
                .headerFieldsTooLarge, text: "{\"message\":\"Request Header Fields Too Large\"}",
                type: "application/json")
            : responder.respond(parameters) { limit in read(limit) }
        write(response, isHead: parameters["REQUEST_METHOD"] == "HEAD")
    }

    private func parameters() -> (Parameters, isTooLarge: Bool) {
        var pairs: [(String, String)] = []
        var size = 0
        var entry = request.pointee.envp
        while let text = entry?.pointee {
            let length = strlen(text)
            size += length
            let bytes = UnsafeRawBufferPointer(start: text, count: length)
            if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
                pairs.append(
                    (
                        String(decoding: bytes[..<equals], as: UTF8.self),
                        String(decoding: bytes[(equals + 1)...], as: UTF8.self)
                    ))
            }
            entry = entry?.advanced(by: 1)
        }
        return (Parameters(pairs), size > Limits.parameters)
    }

    private func read(_ limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, filled in
            while filled <= limit, let base = buffer.baseAddress {
                let got = FCGX_GetStr(
                    UnsafeMutableRawPointer(base + filled).assumingMemoryBound(to: CChar.self),
                    Int32(limit + 1 - filled), request.pointee.in)
                if got <= 0 { break }
                filled += Int(got)
            }
        }
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
