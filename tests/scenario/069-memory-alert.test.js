// A channel is told when a container has used most of its memory for a while: once, and once when it is over.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { words } from '../lib/discord.js';
import { ask, samples } from '../lib/metrics.js';
import { scenario } from '../lib/stage.js';
import { sleep, until } from '../lib/wait.js';
import { GAMES, STATUS } from '../lib/world.js';

const GREEDY = { name: 'greedy', docker: { HostConfig: { Memory: 48 << 20, MemorySwap: 48 << 20, Tmpfs: { '/fill': 'size=64m' } } }, run: 'trap "rm -f /fill/x" USR1; trap "exit 0" TERM; head -c 40000000 /dev/zero > /fill/x; while :; do sleep 1 & wait $!; done' };

scenario('a container short of memory is told of once, and once when it is over', {
	containers: [GREEDY, 'modest'],
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

scenario('what the channel did not take is told later, and a container that stops closes its warning', {
	containers: [GREEDY], channels: [{ id: STATUS, kind: 'status' }], timeoutMs: 360_000, provokes: ['invalid_requests'], start: false,
	env: { DDC_MEMORY_ALERT_CHANNEL: GAMES, DDC_MEMORY_ALERT_PERCENT: '70', DDC_MEMORY_ALERT_SECONDS: '0', DDC_MEMORY_CHECK_INTERVAL: '5' },
}, async ({ discord, ddc, engine }) => {
	const alerts = async () => {
		const all = samples((await ask(`${ddc.url}/metrics`)).text);
		return { active: all.ddc_memory_alerts_active, sent: all.ddc_memory_alerts_sent_total };
	};
	const says = async (pattern) => (await discord.messages(GAMES)).map(words).find((t) => pattern.test(t));
	await discord.fault('rest', { method: 'POST', route: `/channels/${GAMES}/messages`, preset: '50013', times: 1 });
	await ddc.start();
	await ddc.waitLog(new RegExp(`the alert channel ${GAMES} cannot be written to`), { timeoutMs: 90_000 });
	assert.deepEqual(await alerts(), { active: 0, sent: 0 });
	await until('it is told', () => says(/greedy.*short of memory/), { timeoutMs: 150_000 });
	await until('it is counted', async () => JSON.stringify(await alerts()) === JSON.stringify({ active: 1, sent: 1 }));
	await engine.stopContainer('greedy');
	await until('the warning is closed', () => says(/greedy.*no longer running; its memory warning is closed/), { timeoutMs: 120_000 });
	assert.equal((await discord.messages(GAMES)).length, 2);
	await until('it is counted', async () => (await alerts()).active === 0);
});

// Texts of 4,000 characters for 700 containers that the engine does not have: more than a megabyte, all of it in use.
const HEAVY = Array.from({ length: 700 }, (_, n) => ({ name: `gone-${n}`, exists: false, active: false, info: { enabled: true, custom_text: 'x'.repeat(4000) } }));
const SETTINGS = { DDC_MEMORY_LIMIT_MB: '1', DDC_MEMORY_CHECK_INTERVAL: '5', DDC_MEMORY_ALERT_CHANNEL: GAMES, DDC_MEMORY_ALERT_SECONDS: '0' };

scenario('ddc itself short of memory is told of once, and once when it is over', {
	containers: ['web', ...HEAVY], channels: [{ id: STATUS, kind: 'status' }], config: { advanced_settings: SETTINGS },
}, async ({ discord, ddc, folder }) => {
	const texts = async () => (await discord.messages(GAMES)).map(words);
	const told = await until('the channel is told', async () => (await texts()).find((t) => /short of memory/.test(t)), { timeoutMs: 30_000 });
	assert.match(told, /\*\*ddc\*\* is short of memory: \d+ KB of 1024 KB \(\d+ %\)/);
	await sleep(11_000); // two looks more: it is still short, and nobody hears of it again
	const path = join(folder.config, 'config.json');
	writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), advanced_settings: { ...SETTINGS, DDC_MEMORY_LIMIT_MB: '512' } }), { mode: 0o600 });
	await ddc.waitLog(/Memory limit 524288 KB/);
	await until('it is over', async () => (await texts()).some((t) => /ddc.*enough memory again/.test(t)), { timeoutMs: 30_000 });
	assert.equal((await texts()).filter((t) => /memory/.test(t)).length, 2, 'once each');
});
