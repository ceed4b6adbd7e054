import { createElement } from "../shared/dom.js";
import { formatBytes } from "../shared/format.js";
import { t } from "../shared/text.js";

/// An input for files to upload.
///
/// `onchange` gets the new value of the field. `showError` gets a sentence if the files are too large or cannot be
/// read, else "".
export function createFileInput(field, id, onchange, showError) {
  const input = createElement("input", {
    type: "file", id, multiple: field.isArray, accept: field.suffix || null, "aria-required": field.isRequired,
    onchange: () => readFiles([...input.files]),
  });
  let latestSelection = 0;
  const readFiles = async (files) => {
    const selection = latestSelection += 1;
    let contents = [];
    let error = "";
    if (files.reduce((sum, file) => sum + file.size, 0) > field.maxBytes) {
      error = t("file.tooLarge", { size: formatBytes(field.maxBytes) });
    } else {
      try {
        contents = await Promise.all(files.map(readFile));
      } catch {
        error = t("file.unreadable");
      }
    }
    // The user chose other files while these were read.
    if (selection !== latestSelection) return;
    if (error) input.value = "";
    onchange(field.isArray ? contents : contents[0] ?? "");
    showError(error);
  };
  // A script cannot set the files of an input. It can only clear them.
  return { element: input, show: (value) => { if (value.length === 0) input.value = ""; } };
}

function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, base64: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
