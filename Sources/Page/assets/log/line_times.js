import { clockOf } from "../shared/time_zone.js";
import { byteLength, indexOfByte } from "./log_bytes.js";

/// The parts of a text that arrived at the same time, as `{ text, time }`.
///
/// `times` are pairs of a byte offset and Unix milliseconds, in order. `start` is the byte offset of the text. A
/// replacement character stands for one to three bytes, so behind one a part may begin a few characters late.
export function splitByTime(text, start, times, encoding = "utf-8") {
  const parts = [];
  let rest = text;
  let byte = start;
  let time = null;
  for (const [offset, milliseconds] of times) {
    const part = rest.slice(0, indexOfByte(rest, offset - byte, encoding));
    if (part) parts.push({ text: part, time });
    rest = rest.slice(part.length);
    byte += byteLength(part, encoding);
    time = milliseconds;
  }
  if (rest) parts.push({ text: rest, time });
  return parts;
}

/// How the times of lines are shown. A click on the button chooses the next one.
export const timeModes = ["off", "clock", "elapsed"];

/// The time of a line: "18:05:01.123", or since `start` "1:02:03.456". "" if the time is unknown.
export function formatLineTime(time, mode, start) {
  if (time === null || time === undefined || mode === "off") return "";
  if (mode === "elapsed") {
    const elapsed = Math.max(0, time - start);
    const hours = Math.floor(elapsed / 3_600_000);
    const minutes = Math.floor(elapsed / 60_000) % 60;
    const seconds = (Math.floor(elapsed / 1000) % 60) + (elapsed % 1000) / 1000;
    const padded = seconds.toFixed(3).padStart(6, "0");
    return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
  }
  const [hours, minutes, seconds, milliseconds] = clockOf(time);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(milliseconds).padStart(3, "0")}`;
}
