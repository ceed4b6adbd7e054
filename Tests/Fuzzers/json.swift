import Core
import Foundation

/// Reads the body of a request, and writes JSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    checkText(String(decoding: bytes, as: UTF8.self))
    do throws(HTTPError) {
        let fields = try Request.jsonFields(of: bytes)
        precondition(fields.isEmpty || !bytes.contains(0), "a body in another encoding was read")
        precondition(depth(of: .object(fields)) <= Limits.jsonDepth, "the body is too deep")
        precondition(count(of: .object(fields)) <= Limits.jsonValues, "the body has too many values")
        checkFields(fields)
    } catch {
        precondition([.badRequest, .contentTooLarge].contains(error.status), "\(error.status)")
    }
    return 0
}

/// Fields that are written as JSON are read as the same fields.
private func checkFields(_ fields: [String: JSONValue]) {
    guard let text = try? JSON.text(fields) else { return }
    let again = try? Request.jsonFields(of: Array(text.utf8))
    precondition(again == fields || hasInexactNumber(.object(fields)), "the fields have changed: \(text)")
}

/// Any text is read as it was written.
private func checkText(_ text: String) {
    var bytes = [UInt8(ascii: "[")]
    JSON.append(text, to: &bytes)
    bytes.append(UInt8(ascii: "]"))
    let read = try? JSONDecoder().decode([String].self, from: Data(bytes))
    precondition(read?.first.map { Array($0.utf8) } == Array(text.utf8), "the text has changed")
}

private func depth(of value: JSONValue) -> Int {
    switch value {
    case .list(let list): 1 + (list.map(depth).max() ?? 0)
    case .object(let object): 1 + (object.values.map(depth).max() ?? 0)
    case .null, .truth, .number, .inexactNumber, .text: 0
    }
}

private func count(of value: JSONValue) -> Int {
    switch value {
    case .list(let list): list.reduce(1) { $0 + count(of: $1) }
    case .object(let object): object.values.reduce(1) { $0 + count(of: $1) }
    case .null, .truth, .number, .inexactNumber, .text: 1
    }
}

private func hasInexactNumber(_ value: JSONValue) -> Bool {
    switch value {
    case .inexactNumber: true
    case .list(let list): list.contains(where: hasInexactNumber)
    case .object(let object): object.values.contains(where: hasInexactNumber)
    case .null, .truth, .number, .text: false
    }
}
