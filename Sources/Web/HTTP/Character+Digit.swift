extension Character {
    /// Whether it is one of 0 to 9. Numbers in requests are these alone: what Swift reads as one may bear a sign.
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
