import Testing

@testable import Web

struct ModuleBundleTests {
    @Test func `each module comes once, after the modules that it imports`() throws {
        let bundle = try ModuleBundle(
            entry: "main.js",
            modules: [
                "main.js": "import { a } from \"./log/a.js\";\nimport { b } from \"./shared/b.js\";\na(b);\n",
                "log/a.js": "import { b } from \"../shared/b.js\";\nimport { c } from \"./c.js\";\n"
                    + "export function a(x) { return b; }\n",
                "log/c.js": "// A comment.\nexport const c = 2;\n    /// Another one.",
                "shared/b.js": "export const b = 1;",
            ])
        #expect(
            bundle.text.split(separator: "\n") == [
                "\"use strict\";", "const b = 1;", "const c = 2;", "function a(x) { return b; }", "a(b);",
            ])
    }

    @Test func `modules that import each other are joined`() throws {
        let bundle = try ModuleBundle(
            entry: "a.js", modules: ["a.js": "import { b } from \"./b.js\";", "b.js": "import { a } from \"./a.js\";"])
        #expect(bundle.text.split(separator: "\n") == ["\"use strict\";"])
    }

    @Test(arguments: [
        "import { x } from \"./missing.js\";", "import { x } from 'single';", "import \"https://elsewhere/x.js\";",
        "import { x } from \"../outside.js\";", "import { x } from \"bare.js\";", "import x;\" from \"",
    ])
    func `an import that cannot be joined is an error`(_ line: String) {
        #expect(throws: PageError.self) { try ModuleBundle(entry: "main.js", modules: ["main.js": line]) }
    }
}
