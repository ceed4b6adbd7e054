import Core
import Foundation

/// Reads a query string, and the filters of the history in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzQueries(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    checkEncoding(bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(HTTPError) {
        checkFilters(HistoryFilters(try Query(text[...]), timeZone: .gmt))
    } catch {
        precondition(error.status == .badRequest, "\(error.status)")
    }
    return 0
}

private func checkFilters(_ filters: HistoryFilters) {
    // The links of a page repeat the fields.
    let link = filters.sent.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    let again = (try? Query(link[...])).map { HistoryFilters($0, timeZone: .gmt).sent } ?? []
    precondition(again.map(\.name) == filters.sent.map(\.name), "a link of the page has other fields")
    let values = { (sent: [(name: String, value: String)]) in sent.map { Array($0.value.utf8) } }
    precondition(values(again) == values(filters.sent), "a link of the page has other values")
    precondition(filters.sent.allSatisfy { !$0.value.utf8.contains(0) }, "a field has NUL")
    do throws(HTTPError) {
        let query = try filters.query()
        precondition(query.page >= 1)
        let texts = [query.name, query.text, query.uuid, query.user]
        precondition(texts.allSatisfy { ($0?.utf8.count ?? 0) <= HistoryFilters.lengthLimit }, "a field is too long")
        let days = [query.from, query.until].compactMap { $0 }
        precondition(days.allSatisfy { $0.isMultiple(of: 86400) }, "a day begins in its middle")
    } catch {
        precondition(error.status == .unprocessableContent, "\(error.status)")
    }
}

private func checkEncoding(_ bytes: [UInt8]) {
    for plusIsSpace in [false, true] {
        guard let text = PercentEncoding.decode(bytes, plusIsSpace: plusIsSpace) else { continue }
        let again = PercentEncoding.decode(Array(PercentEncoding.encode(text).utf8), plusIsSpace: plusIsSpace)
        precondition(again.map { Array($0.utf8) } == Array(text.utf8), "encoding changes a text")
    }
}
