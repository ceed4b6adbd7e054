// Runs the page's terminal for test_terminal_oracle.py: reads one JSON object per line, writes the resulting lines.
import { createInterface } from "node:readline";
import { Terminal } from "../../Sources/Page/assets/terminal/terminal.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { columns, height, pieces } = JSON.parse(line);
  const terminal = new Terminal({ columns, height });
  for (const piece of pieces) terminal.write(piece);
  const lines = [...terminal.scrollback, ...terminal.screen()];
  process.stdout.write(`${JSON.stringify(lines.map(({ text, spans }) => ({ text, spans })))}\n`);
}
