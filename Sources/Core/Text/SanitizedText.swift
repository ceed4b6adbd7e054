extension StringProtocol {
    /// The text with U+FFFD in place of control characters and bidirectional overrides.
    ///
    /// Text from a client, a job or a configuration passes through here before a terminal or a log file of ours shows
    /// it.
    package var sanitized: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// At most 60 characters of the sanitized text, for quoting a client's words in an error message.
    var excerpt: String {
        let text = sanitized
        return text.count > 60 ? text.prefix(60) + "…" : text
    }
}
