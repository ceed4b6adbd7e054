// Feeds streams to the line model for the oracle test: one JSON object a line in, one out.
import { createInterface } from "node:readline";
import { Terminal } from "../../Sources/Page/assets/terminal.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { columns, height, pieces } = JSON.parse(line);
  const terminal = new Terminal({ columns, height });
  for (const piece of pieces) terminal.write(piece);
  const lines = [...terminal.settled, ...terminal.screen()];
  process.stdout.write(`${JSON.stringify(lines.map(({ text, spans }) => ({ text, spans })))}\n`);
}
