extension StringProtocol {
    /// The text with U+FFFD in place of control characters and bidirectional overrides.
    ///
    /// Use it for text from a client, a job or a configuration, before a terminal or one of our logs shows the text.
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
