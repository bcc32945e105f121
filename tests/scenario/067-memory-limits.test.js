// The memory guide made true: limits that refuse, clean-ups that can be read in the log, a report that can be asked for.

import assert from 'node:assert/strict';
import { words } from '../lib/discord.js';
import { ask, samples } from '../lib/metrics.js';
import { scenario } from '../lib/stage.js';
import { assertRefused, ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, CONTROL, GAMES, JOERG, MAXI, STATUS } from '../lib/world.js';

const metrics = async (ddc) => samples((await ask(`${ddc.url}/metrics`)).text);

scenario('ddc memory prints the report, and a clean-up with both sides of it', { containers: ['web'] }, async ({ ddc }) => {
	const report = ddc.command('memory');
	assert.equal(report.code, 0, report.out);
	for (const row of [/^resident +[\d.]+ [KM]B$/m, /^ {2}private +/m, /^ {2}shared +/m, /^heap in use +[\d.]+ [KM]B$/m, /^heap free +[\d.]+ [KM]?B$/m, /^owner +live +blocks +peak$/m, /^containers +[\d.]+ [KM]?B +\d+/m, /^level +calm$/m])
		assert.match(report.out, row);
	const cleanup = ddc.command('memory', '--cleanup');
	assert.equal(cleanup.code, 0);
	assert.match(cleanup.out, /before +after/);
	await ddc.waitLog(/Memory cleanup: asked for/);
	await ddc.waitLog(/cache cleanup/);
	await ddc.waitLog(/GC performed/);
	const m = await metrics(ddc);
	assert.equal(m.ddc_memory_cleanups_total, 1);
	assert.ok(m['ddc_memory_heap_bytes{state="in_use"}'] > 0);
	const json = JSON.parse(ddc.command('memory', '--json').out);
	assert.ok(json.now.owners.containers.bytes > 0);
	assert.equal((await ask(`${ddc.url}/memory`, { headers: { 'X-Forwarded-For': '10.0.0.9' } })).status, 403, 'not for others');
	assert.equal((await ask(`${ddc.url}/memory/cleanup`, { method: 'POST', headers: { Origin: 'https://evil.example' } })).status, 403, 'not for pages');
});

const REMEMBERING = [{ id: STATUS, kind: 'status' }, { id: CONTROL, kind: 'control', update_interval_minutes: 1 }];
const TALK = 200; // 8 bytes each

scenario('a clean-up gives back what can be made again, says whose it was, and everything goes on', {
	containers: ['web', 'db'], channels: REMEMBERING, env: { DDC_MAX_MESSAGE_HISTORY: '1000' },
}, async (stage) => {
	const { ddc, discord, engine } = stage;
	const { overview, admin } = await panels(stage);
	const owners = () => JSON.parse(ddc.command('memory', '--json').out).now.owners;
	await discord.shows(admin, /MB.*web[^]*MB.*db/, { timeoutMs: 30_000 });
	const quiet = owners().panels.bytes;
	for (let i = 0; i < TALK; i++)
		await discord.say(ADA, STATUS, `line ${i}`);
	await until('the talk is remembered', async () => owners().panels.bytes >= quiet + TALK * 8);

	const { before, after, given_back: given } = JSON.parse(ddc.command('memory', '--cleanup', '--json').out);
	assert.ok(given['talk below panels'] >= TALK * 8, JSON.stringify(given));
	assert.ok(given['usage history'] >= 2 * 400, JSON.stringify(given));
	assert.ok(after.owners.panels.bytes + given['talk below panels'] <= before.owners.panels.bytes);
	assert.ok(after.owners.containers.bytes + given['usage history'] <= before.owners.containers.bytes);
	assert.ok(before.heap_in_use_bytes > before.all.bytes, 'the heap is told of in every build');
	await ddc.waitLog(/cache cleanup: [\d.]+ KB \(.*talk below panels [\d.]+ KB.*usage history/);
	assert.match(ddc.command('memory').out, /^given back +talk below panels, [\d.]+ KB$/m);

	await engine.stopContainer('web');
	await discord.shows(overview, shown('web', ICON.stopped));
	const panel = await openControlPanel(stage, MAXI, overview, 'web');
	await discord.press(MAXI, panel, /ddc1:start:web/, { wait: true });
	await engine.waitState('web', 'running');
	assert.match(words((await discord.run(MAXI, CONTROL, 'stats', { container: 'db' })).message), /MB|CPU/);
});

// Texts of 4,000 characters for 700 containers that the engine does not have: more than a megabyte, all of it in use.
const HEAVY = Array.from({ length: 700 }, (_, n) => ({ name: `gone-${n}`, exists: false, active: false, info: { enabled: true, custom_text: 'x'.repeat(4000) } }));

scenario('above the limit pages are refused and containers are still controlled', {
	containers: [{ name: 'web' }, ...HEAVY], env: { DDC_MEMORY_LIMIT_MB: '1', DDC_MEMORY_CHECK_INTERVAL: '5' },
}, async (stage) => {
	const { ddc, discord, engine } = stage;
	const { overview } = await panels(stage);
	const page = await until('pages are refused', async () => {
		const answer = await ask(`${ddc.url}/`);
		return answer.status === 503 && answer;
	});
	assert.ok(Number(page.headers['retry-after']) > 0);
	assert.match(page.text, /memory is short/);
	await ddc.waitLog(/memory is full.*new work is refused.*containers can still be controlled/);
	await ddc.waitLog(/Memory cleanup: above the limit/);
	assert.equal((await ddc.health()).status, 200, 'probes are answered');
	const m = await metrics(ddc);
	assert.equal(m['ddc_memory_level{level="full"}'], 1);
	assert.ok(m['ddc_work_refused_total{kind="web"}'] >= 1);
	const panel = await openControlPanel(stage, MAXI, overview, 'web');
	await discord.press(MAXI, panel, /ddc1:stop:web/, { wait: true });
	await engine.waitState('web', 'exited');
});

// Does not hear that it is to stop: whoever stops it waits for ten seconds.
const DEAF = 'trap "" TERM; while :; do sleep 1; done';

scenario('above the limit no log is followed or sent as a file, and few actions at a time are begun', {
	containers: ['web', { name: 'deaf1', run: DEAF }, { name: 'deaf2', run: DEAF }, { name: 'deaf3', run: DEAF }, ...HEAVY],
	env: { DDC_MEMORY_LIMIT_MB: '1', DDC_MEMORY_CHECK_INTERVAL: '5', DDC_LIVE_LOGS_AUTO_START: 'true' },
}, async (stage) => {
	const { ddc, discord, engine } = stage;
	const { overview } = await panels(stage);
	await ddc.waitLog(/memory is full/);
	const log = await discord.run(MAXI, CONTROL, 'logs', { container: 'web' });
	assert.match(words(log.message), /Nothing has been written yet/, 'a look is allowed');
	assert.doesNotMatch(words(log.message), /Live.*every/, 'it does not begin live either');
	assertRefused(await discord.press(MAXI, log.message, /▶️/), /memory is short.*no log is followed live/);
	assertRefused(await discord.press(MAXI, log.message, /📎/), /memory is short.*sent as a file/);
	assertRefused(await discord.press(JOERG, (await discord.run(JOERG, CONTROL, 'logs', { container: 'web' })).message, /▶️/), /Arbeitsspeicher ist knapp/);
	assert.ok((await metrics(ddc))['ddc_work_refused_total{kind="logs"}'] >= 3);
	await ddc.waitLog(/audit: logs web: refused, .*memory is short/);

	for (const name of ['deaf1', 'deaf2'])
		await discord.press(MAXI, await openControlPanel(stage, MAXI, overview, name), new RegExp(`ddc1:stop:${name}`), { wait: true });
	const third = await openControlPanel(stage, MAXI, overview, 'deaf3');
	const refused = await discord.press(MAXI, third, /ddc1:stop:deaf3/, { wait: true });
	assert.match(words(refused.message), /2 actions are under way or waiting/);
	const m = await metrics(ddc);
	assert.equal(m['ddc_work_refused_total{kind="action"}'], 1, 'who was told so');
	assert.equal(m['ddc_queue_limit{queue="actions"}'], 2, 'the limit in force');
	await engine.waitState('deaf1', 'exited', { timeoutMs: 30_000 });
	await engine.waitState('deaf2', 'exited', { timeoutMs: 30_000 });
	const again = await openControlPanel(stage, MAXI, overview, 'deaf3');
	await discord.press(MAXI, again, /ddc1:stop:deaf3/, { wait: true });
	await engine.waitState('deaf3', 'exited', { timeoutMs: 30_000 });
});

scenario('values of the guide, nonsense and contradictions', { containers: ['web'], env: { DDC_MEMORY_LIMIT_MB: '180', DDC_GC_THRESHOLD_MB: '190', DDC_MEMORY_CHECK_INTERVAL: 'often' } }, async ({ ddc }) => {
	await ddc.waitLog(/DDC_MEMORY_CHECK_INTERVAL.*often.*5 to 86400/);
	await ddc.waitLog(/Memory limit 184320 KB/);
	await ddc.waitLog(/DDC_GC_THRESHOLD_MB is 190, not below the limit/);
	assert.equal((await metrics(ddc)).ddc_memory_limit_bytes, 180 * 1024 * 1024);
});

scenario('a profile gives other defaults, a setting beats it', { containers: ['web'], env: { DDC_MEMORY_PROFILE: 'ultra-low', DDC_MAX_PENDING_ACTIONS: '7' } }, async ({ ddc }) => {
	const m = await metrics(ddc);
	assert.equal(m.ddc_memory_limit_bytes, 5 * 1024 * 1024);
	assert.equal(m.ddc_memory_threshold_bytes, 4 * 1024 * 1024);
	assert.equal(m['ddc_queue_limit{queue="actions"}'], 7);
});

scenario('what lies beyond a limit is named', {
	containers: ['a1', 'a2', 'a3', 'a4'], channels: [{ id: STATUS, kind: 'status' }, { id: GAMES, kind: 'status' }, { id: CONTROL, kind: 'control' }],
	env: { DDC_MAX_CONTAINERS: '3', DDC_MAX_CACHE_SIZE: '2', DDC_MAX_CHANNELS: '2', DDC_MAX_TRACKED_CHANNELS: '1' },
}, async ({ ddc }) => {
	await ddc.waitLog(/1 containers lie beyond DDC_MAX_CONTAINERS/);
	await ddc.waitLog(/1 channels lie beyond DDC_MAX_CHANNELS \(2\)/);
	await ddc.waitLog(/1 channels lie beyond DDC_MAX_TRACKED_CHANNELS \(1\)/);
	const m = await until('the figures', async () => {
		const now = await metrics(ddc);
		return now['ddc_beyond_limit{limit="DDC_MAX_CONTAINERS"}'] === 1 && now;
	});
	assert.equal(m['ddc_beyond_limit{limit="DDC_MAX_CACHE_SIZE"}'], 1);
	assert.equal(m['ddc_beyond_limit{limit="DDC_MAX_CHANNELS"}'], 1);
	assert.equal(m['ddc_beyond_limit{limit="DDC_MAX_TRACKED_CHANNELS"}'], 1);
	assert.equal(m.ddc_panels, 2);
});

const USAGE = [{ id: CONTROL, kind: 'control', update_interval_minutes: 1 }];

scenario('figures are read in the background, or not', { containers: ['web'], channels: USAGE }, async ({ ddc }) => {
	await until('a figure', async () => (await metrics(ddc))['ddc_container_memory_bytes{name="web"}'] > 0, { timeoutMs: 15_000 });
});

scenario('DDC_ENABLE_BACKGROUND_REFRESH=false', { containers: ['web'], channels: USAGE, env: { DDC_ENABLE_BACKGROUND_REFRESH: 'false' } }, async (stage) => {
	await stage.discord.panel(CONTROL, /./);
	await new Promise((done) => setTimeout(done, 4000));
	assert.equal((await metrics(stage.ddc))['ddc_container_memory_bytes{name="web"}'], undefined);
});
