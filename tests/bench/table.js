// Medians, percentiles, and the table that make bench prints.

export function percentile(values, p) {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p / 100 * sorted.length) - 1))];
}

export const median = (values) => percentile(values, 50);

export const kib = (n) => `${Math.round(n)} KiB`;
export const ms = (n) => `${n < 10 ? n.toFixed(2) : n.toFixed(1)} ms`;

/** Texts of the builds, bold where the target is missed. */
export const judged = (values, over) => Object.fromEntries(Object.entries(values).map(([build, text]) => [build, over[build] ? `**${text}**` : text]));

/** rows: [{figure, target, dev, release}] of texts. */
export function table(rows, columns) {
	const lines = [columns, columns.map(() => '---'), ...rows.map((r) => columns.map((c) => r[c] ?? '-'))];
	const widths = columns.map((_, n) => Math.max(...lines.map((line) => line[n].length)));
	return lines.map((line) => `| ${line.map((cell, n) => (cell === '---' ? '-'.repeat(widths[n]) : cell.padEnd(widths[n]))).join(' | ')} |`);
}

export function print(rows, columns) {
	for (const line of table(rows, columns))
		console.log(line);
}
