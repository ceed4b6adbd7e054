/// Splits a line into words. Quoting the words must give a line that is split into the same words.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzShellWords(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    let line = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
    if let words = try? ShellWords.split(line) {
        check(words)
        // No word has a character that the line does not have.
        let known = Set(line.unicodeScalars)
        precondition(words.allSatisfy { $0.unicodeScalars.allSatisfy(known.contains) }, "a character was made up")
    }
    // Any text is a word.
    if !line.unicodeScalars.contains("\0") { check([line, "", line]) }
    return 0
}

private func check(_ words: [String]) {
    let again = try? ShellWords.split(words.map(ShellWords.quote).joined(separator: " "))
    precondition(again?.map { Array($0.utf8) } == words.map { Array($0.utf8) }, "quoting changes a word")
}
