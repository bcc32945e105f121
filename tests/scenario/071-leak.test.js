// A program that leaks, run for real: the watch names who it is, cleans up, counts it, and suspects nobody else. (The series with
// which it must not be fooled are unit tests: tests/unit/memory_leak_test.c.)

import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { BINARY } from '../lib/ddc.js';
import { ask, samples } from '../lib/metrics.js';
import { scenario } from '../lib/stage.js';
import { panels } from '../lib/people.js';
import { MAXI } from '../lib/world.js';

const LEAKY = join(dirname(BINARY), 'tests/tools/leaky_ddc');

scenario('a leak in the panels is found, named, cleaned up after and counted', {
	containers: ['web', 'db'], binary: LEAKY, timeoutMs: 300_000,
}, async (stage) => {
	const { ddc, discord } = stage;
	const { overview } = await panels(stage);
	const found = await ddc.waitLog(/a leak is suspected: (\w+) grew from (\d+) to (\d+) bytes .*did not come back/, { timeoutMs: 240_000 });
	assert.match(String(found), /panels grew/);
	await ddc.waitLog(/Memory cleanup: a leak is suspected/);
	const metrics = samples((await ask(`${ddc.url}/metrics`)).text);
	const suspected = Object.entries(metrics).filter(([name, value]) => name.startsWith('ddc_memory_leak_suspicions_total') && value > 0);
	assert.deepEqual(suspected, [['ddc_memory_leak_suspicions_total{owner="panels"}', 1]], 'nobody else is suspected');
	assert.match((await ask(`${ddc.url}/memory`)).text, /leak suspected +panels, 1 times/);
	assert.equal((await ddc.health()).status, 200);
	await discord.press(MAXI, overview, /ddc1:help/, { wait: true });
});
