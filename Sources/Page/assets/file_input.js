import { h } from "./dom.js";
import { byteSize } from "./format.js";

/// The input for files that are uploaded. `onchange` gets what the field holds then, `blame` a sentence where they are
/// too large or cannot be read, or "".
export function fileInput(field, id, onchange, blame) {
  const input = h("input", {
    type: "file", id, multiple: field.isArray, accept: field.suffix || null, "aria-required": field.isRequired,
    onchange: () => take([...input.files]),
  });
  let latest = 0;
  const take = async (files) => {
    const turn = latest += 1;
    let read = [];
    let fault = "";
    if (files.reduce((sum, file) => sum + file.size, 0) > field.maxBytes) {
      fault = `Choose at most ${byteSize(field.maxBytes)}.`;
    } else {
      try {
        read = await Promise.all(files.map(contentOf));
      } catch {
        fault = "This cannot be read. Choose a file.";
      }
    }
    // Another choice was made while these were read.
    if (turn !== latest) return;
    if (fault) input.value = "";
    blame(fault);
    onchange(field.isArray ? read : read[0] ?? "");
  };
  // What was chosen cannot be set from here, only taken back.
  return { element: input, show: (value) => { if (value.length === 0) input.value = ""; } };
}

function contentOf(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, base64: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
