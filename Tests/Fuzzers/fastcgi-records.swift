/// Feeds FastCGI records to the responder's reader, whole and in parts, and compares both.
///
/// The first byte of the input is the length of the parts, and the second the limit of the body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecords(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    guard size > 2 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let limit = Int(bytes[1])
    let whole = outcome(bytes.dropFirst(2), inPartsOf: size, bodyLimit: limit)
    let parts = outcome(bytes.dropFirst(2), inPartsOf: Int(bytes[0]) + 1, bodyLimit: limit)
    precondition(whole == parts, "the length of the parts makes a difference")
    guard case .success(let read) = whole else { return 0 }
    precondition(read.body.count <= limit + 1, "more of the body was kept than the limit allows")
    precondition(read.parameters.count <= Limits.variables + 1, "more variables were kept than the limit allows")
    guard let variables = RequestParameters(read.parameters)?.variables else { return 0 }
    precondition(variables.size == read.parameters.count)
    _ = variables["REQUEST_METHOD"]
    _ = variables.isRepeated("REMOTISAN_USER")
    _ = variables.nameWithControlCharacter
    return 0
}

/// What the reader knows after all bytes.
private struct Read: Equatable {
    let parameters: [UInt8]
    let body: [UInt8]
    let flags: [Bool]
    let request: UInt16?
    let discarded: Int
    let replies: [UInt8]
    let unread: Int
}

private func outcome(
    _ bytes: ArraySlice<UInt8>, inPartsOf length: Int, bodyLimit: Int
) -> Result<Read, RecordError> {
    var reader = RecordReader()
    var input: [UInt8] = []
    var replies: [UInt8] = []
    var rest = bytes
    while !rest.isEmpty {
        input += rest.prefix(length)
        rest = rest.dropFirst(length)
        while true {
            let used: Result<Int, RecordError> = input.withUnsafeBytes { bytes in
                do throws(RecordError) { return .success(try reader.read(bytes)) } catch { return .failure(error) }
            }
            switch used {
            case .success(let count): input.removeFirst(count)
            case .failure(let error): return .failure(error)
            }
            replies += reader.takeReplies()
            guard reader.isWaiting else { break }
            reader.keepBody(upTo: bodyLimit)
        }
    }
    return .success(
        Read(
            parameters: reader.parameters, body: reader.body,
            flags: [reader.hasParameters, reader.hasBody, reader.isAborted, reader.keepsConnection],
            request: reader.request, discarded: reader.discarded, replies: replies, unread: input.count))
}
