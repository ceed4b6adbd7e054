import CSystem

extension String {
    /// Number of columns that a terminal needs for the text: two for wide characters, none for combining ones.
    package var terminalWidth: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        let characters = unicodeScalars.map(\.value)
        return Int(system_terminal_width(characters, Int32(clamping: characters.count)))
    }
}
