import Glibc

/// Compares a text with a pattern. The comparison must end in time, whatever both are.
///
/// Each byte of the input up to a line break is a part of the pattern. The rest is the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPatterns(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    let bytes = UnsafeBufferPointer(start: data, count: size)
    let words = bytes.prefix { $0 != UInt8(ascii: "\n") }.prefix(40)
    let pattern = words.map { parts[Int($0) % parts.count] }.joined()
    let text = String(decoding: bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst(), as: UTF8.self)
    guard let compiled = TextPattern(pattern) else { return 0 }
    let start = processorTime()
    let answer = compiled.answer(for: text)
    let took = processorTime() - start
    // The limit is 200 ms of the wall clock.
    precondition(took < 0.5, "\(pattern) took \(took) s")
    if answer != .undecided {
        let again = compiled.answer(for: text)
        precondition(again == answer || again == .undecided, "\(pattern) has two answers")
    }
    return 0
}

/// Parts of patterns. Nested repetitions are frequent, because they make a comparison slow.
private let parts = [
    "a", "b", "0", " ", ".", "\\w", "\\d", "\\s", "[a-c]", "[^a]", "(?:", "(", ")", "|", "*", "+", "?", "{2,5}", "{3,}",
    "*?", "++", "^", "$", "\\b", "(?=", "(?!", "(?<=", "(?>", "\\1", "\\2", "(?i)", "\u{e9}", "\u{1F600}", "\\p{L}",
    "\\X", "[[:alpha:]&&[a-f]]", "(a+)+", "(\\w+ ?)+", "(.*)*", "\\R",
]

/// Seconds for which this thread has run. Other programs of the machine do not count.
private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
