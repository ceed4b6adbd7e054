extension StringProtocol {
    /// The text without white space at its ends.
    package var trimmingWhitespace: String { trimming(while: \.isWhitespace) }

    /// The text without slashes at its ends.
    var trimmingSlashes: String { trimming { $0 == "/" } }

    /// The text without spaces and tabs at its ends: the optional white space of header fields (RFC 9110, section
    /// 5.6.3).
    package var trimmingOptionalWhitespace: String { trimming { $0 == " " || $0 == "\t" } }

    private func trimming(while isTrimmed: (Character) -> Bool) -> String {
        var text = self[...]
        while let first = text.first, isTrimmed(first) { text.removeFirst() }
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// The Levenshtein distance: the number of letters to insert, remove or change.
    package func editDistance(to other: String) -> Int {
        let target = Array(other)
        var row = Array(0...target.count)
        for (index, letter) in enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in target.indices {
                let substitution = diagonal + (letter == target[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
