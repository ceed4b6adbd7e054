import Testing

@testable import Web

struct ModuleBundleTests {
    @Test func `a module stands behind those that it imports, each once`() throws {
        let bundle = try ModuleBundle(
            entry: "main.js",
            modules: [
                "main.js": "import { a } from \"./a.js\";\nimport { b } from \"./b.js\";\na(b);\n",
                "a.js": "import { b } from \"./b.js\";\nexport function a(x) { return b; }\n",
                "b.js": "export const b = 1;",
            ])
        #expect(
            bundle.text.split(separator: "\n") == [
                "\"use strict\";", "const b = 1;", "function a(x) { return b; }", "a(b);",
            ])
    }

    @Test func `a ring of imports ends`() throws {
        let bundle = try ModuleBundle(
            entry: "a.js", modules: ["a.js": "import { b } from \"./b.js\";", "b.js": "import { a } from \"./a.js\";"])
        #expect(bundle.text.split(separator: "\n") == ["\"use strict\";"])
    }

    @Test(arguments: [
        "import { x } from \"./missing.js\";", "import { x } from 'single';", "import \"https://elsewhere/x.js\";",
    ])
    func `an import that cannot be joined is said`(_ line: String) {
        #expect(throws: PageAssetsError.self) { try ModuleBundle(entry: "main.js", modules: ["main.js": line]) }
    }
}
