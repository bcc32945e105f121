// docs/memory.md says what each part of ddc may hold, at the production limits and at the raised ones. The running program is held against
// it, both ways: nobody holds more, and nobody was promised much more than it needs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/ddc.js';
import { ask, samples } from '../lib/metrics.js';
import { PaperEngine } from '../lib/paper-engine.js';
import { scenario } from '../lib/stage.js';
import { sleep, until } from '../lib/wait.js';
import { ALL_CHANNELS } from '../lib/config.js';

const TEXT = readFileSync(join(ROOT, 'docs/memory.md'), 'utf8');

// | `owner` | what it holds | fixed | per container | per channel | at 50/15 | at 1,000/100 |
const BUDGET = Object.fromEntries([...TEXT.matchAll(/^\| `(\w+)` \|.*\| +([\d,]+) \| +([\d,]+) \|$/gm)].map(([, owner, few, many]) => [owner, { few: kib(few), many: kib(many) }]));

function kib(text) {
	return Number(text.replaceAll(',', '')) * 1024;
}

const inactive = (count) => Array.from({ length: count }, (_, n) => ({ name: `paper-${String(n).padStart(4, '0')}`, exists: false }));
// Those that the sandbox has, and others that it does not: their panels wait.
const channels = (count) => [...ALL_CHANNELS, ...Array.from({ length: count - ALL_CHANNELS.length }, (_, n) => ({ id: String(1180000000000100000n + BigInt(n)), kind: 'status', post_initial: false }))];

function holdAgainst(report, column, t) {
	const wrong = [];
	for (const [owner, use] of Object.entries(report.now.owners)) {
		const budget = BUDGET[owner]?.[column];
		t.diagnostic(`${owner}: ${use.bytes} now, ${use.peak_bytes} at most, budget ${budget}`);
		if (budget === undefined)
			wrong.push(`${owner} has no row in docs/memory.md`);
		else if (use.bytes > budget)
			wrong.push(`${owner} holds ${use.bytes} bytes, its budget is ${budget}`);
	}
	assert.deepEqual(wrong, []);
}

for (const [column, count, channelCount] of [['few', 50, 15], ['many', 1000, 100]])
	scenario(`the budget at ${count} containers and ${channelCount} channels`, {
		containers: inactive(count), channels: channels(channelCount), engine: false, env: { DDC_MAX_CONTAINERS: String(count), DDC_MAX_CHANNELS: String(channelCount) }, timeoutMs: 240_000,
		dockerHost: async (stage) => {
			stage.paper = await PaperEngine.start(stage.folder.top, count);
			stage.defer(() => stage.paper.stop());
			return stage.paper.host;
		},
	}, async ({ ddc }, t) => {
		await until('all containers are described', async () => samples((await ask(`${ddc.url}/metrics`)).text)['ddc_containers{state="running"}'] === count, { timeoutMs: 60_000 });
		await sleep(3000);
		const report = JSON.parse(ddc.command('memory', '--json').out);
		t.diagnostic(`all: ${report.now.all.bytes} bytes, private ${report.now.private_bytes}, held ${report.now.held_bytes}, resident ${report.now.resident_bytes}`);
		holdAgainst(report, column, t);
		if (column === 'many') {
			const { text } = await ask(`${ddc.url}/metrics`);
			assert.equal([...text.matchAll(/^ddc_container_running\{/gm)].length, count);
			const after = JSON.parse(ddc.command('memory', '--json').out);
			assert.ok(after.now.owners.web.peak_bytes < 32 * 1024, `a scrape of ${text.length} bytes took ${after.now.owners.web.peak_bytes} bytes at most`);
		}
	});
