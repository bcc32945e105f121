// A channel is told when a container has used most of its memory for a while: once, and once when it is over.

import assert from 'node:assert/strict';
import { words } from '../lib/discord.js';
import { ask, samples } from '../lib/metrics.js';
import { scenario } from '../lib/stage.js';
import { until } from '../lib/wait.js';
import { GAMES, STATUS } from '../lib/world.js';

scenario('a container short of memory is told of once, and once when it is over', {
	containers: [{ name: 'greedy', docker: { HostConfig: { Memory: 48 << 20, MemorySwap: 48 << 20, Tmpfs: { '/fill': 'size=64m' } } }, run: 'trap "rm -f /fill/x" USR1; trap "exit 0" TERM; head -c 40000000 /dev/zero > /fill/x; while :; do sleep 1 & wait $!; done' }, 'modest'],
	channels: [{ id: STATUS, kind: 'status' }], timeoutMs: 240_000,
	env: { DDC_MEMORY_ALERT_CHANNEL: GAMES, DDC_MEMORY_ALERT_PERCENT: '70', DDC_MEMORY_ALERT_SECONDS: '0' },
}, async ({ discord, ddc, engine }) => {
	const texts = async () => (await discord.messages(GAMES)).map(words);
	const told = await until('the channel is told', async () => (await texts()).find((t) => /greedy/.test(t)), { timeoutMs: 90_000 });
	assert.match(told, /greedy.*short of memory.*of 48 MB \(\d+ %\)/);
	assert.equal(samples((await ask(`${ddc.url}/metrics`)).text).ddc_memory_alerts_active, 1);
	await engine.killContainer('greedy', 'SIGUSR1');
	await until('it is over', async () => (await texts()).some((t) => /greedy.*enough memory again/.test(t)), { timeoutMs: 120_000 });
	const all = await texts();
	assert.equal(all.filter((t) => /greedy/.test(t)).length, 2, 'once each');
	assert.ok(!all.some((t) => /modest/.test(t)));
});
