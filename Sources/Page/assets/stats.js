import { api } from "./api.js";

/// The middle of a list of numbers, or null for none.
export function median(numbers) {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// What the ended runs of a command among these rows say: `{ usual, runs }`, the runs oldest first and `usual` the
/// median seconds of those that completed, null for fewer than two.
export function statsOf(rows, command) {
  const runs = rows
    .filter((row) => row.command === command && row.process_status !== 1 && row.finished_at)
    .map((row) => ({ row, seconds: Math.max(0, row.finished_at - row.executed_at) }))
    .reverse();
  const completed = runs.filter((run) => run.row.process_status === 2).map((run) => run.seconds);
  return { usual: completed.length >= 2 ? median(completed) : null, runs };
}

const kept = new Map();
const keptFor = 120_000;

/// The statistics of a command from the first page of its history; asked once in two minutes at most.
export async function statsFor(command) {
  const entry = kept.get(command);
  if (entry && Date.now() - entry.at < keptFor) return entry.stats;
  const stats = api.history({ command, name: command }).then((page) => statsOf(page.data, command));
  kept.set(command, { at: Date.now(), stats });
  stats.catch(() => kept.delete(command));
  return stats;
}

/// A run of it has ended: what we know is old.
export function forgetStats(command) {
  kept.delete(command);
}
