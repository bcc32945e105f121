// The guide's variables, each by what it changes for somebody who looks: the engine's own count of questions, figures that are there or
// forgotten, panels, and the C library's heap.

import assert from 'node:assert/strict';
import { ask, samples } from '../lib/metrics.js';
import { words } from '../lib/discord.js';
import { ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { Proxy } from '../lib/proxy.js';
import { scenario } from '../lib/stage.js';
import { sleep, until } from '../lib/wait.js';
import { CONTROL, GAMES, JOERG, MAXI, STATUS } from '../lib/world.js';

const metrics = async (ddc) => samples((await ask(`${ddc.url}/metrics`)).text);
const FIGURE = 'ddc_container_memory_bytes{name="web"}';
const LAZY = { DDC_ENABLE_BACKGROUND_REFRESH: 'false', DDC_MEMORY_CHECK_INTERVAL: '5' };

const throughProxy = async (stage) => {
	stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
	stage.defer(() => stage.proxy.stop());
	return stage.proxy.host;
};
const asked = (stage) => stage.proxy.requests.filter((r) => /\/stats/.test(r.path)).length;

for (const [duration, again] of [['1', true], ['86400', false]])
	scenario(`DDC_DOCKER_CACHE_DURATION=${duration}: a second look ${again ? 'asks the engine again' : 'is answered from memory'}`, { containers: ['web'], env: { ...LAZY, DDC_CACHE_TTL: '86400', DDC_DOCKER_CACHE_DURATION: duration }, dockerHost: throughProxy }, async (stage) => {
		const { admin } = await panels(stage);
		await openControlPanel(stage, MAXI, admin, 'web');
		await until('both readings are there', async () => (await metrics(stage.ddc))['ddc_container_cpu_ratio{name="web"}'] !== undefined);
		await sleep(2100);
		const before = asked(stage);
		await openControlPanel(stage, MAXI, admin, 'web');
		if (again)
			await until('it asks', () => asked(stage) > before);
		else
			await sleep(1500);
		assert.equal(asked(stage) > before, again);
	});

for (const [ttl, kept] of [['1', false], ['86400', true]])
	scenario(`DDC_CACHE_TTL=${ttl}: figures that nobody reads any more are ${kept ? 'kept' : 'forgotten'}`, { containers: ['web'], env: { DDC_ENABLE_BACKGROUND_REFRESH: 'false', DDC_CACHE_TTL: ttl } }, async (stage) => {
		const { admin } = await panels(stage);
		await openControlPanel(stage, MAXI, admin, 'web');
		await until('figures are known', async () => (await metrics(stage.ddc))[FIGURE] > 0);
		await sleep(3000); // no look at memory is needed for it: that comes once a minute
		assert.equal((await metrics(stage.ddc))[FIGURE] > 0, kept);
	});

scenario('DDC_ENABLE_BACKGROUND_REFRESH=false and an alert channel: containers are watched all the same, and /doctor says so', {
	containers: ['web'], env: { DDC_ENABLE_BACKGROUND_REFRESH: 'false', DDC_MEMORY_ALERT_CHANNEL: GAMES },
}, async ({ ddc, discord }) => {
	await until('figures are known', async () => (await metrics(ddc))[FIGURE] > 0);
	assert.match(words((await discord.run(MAXI, CONTROL, 'doctor')).message), /DDC_ENABLE_BACKGROUND_REFRESH is off, but .* for DDC_MEMORY_ALERT_CHANNEL/);
});

// Texts that take more than a megabyte, all of it in use.
const HEAVY = Array.from({ length: 700 }, (_, n) => ({ name: `gone-${n}`, exists: false, active: false, info: { enabled: true, custom_text: 'x'.repeat(4000) } }));

scenario('above DDC_MEMORY_LIMIT_MB no figures are read, not even for somebody who asks', {
	containers: ['web', ...HEAVY], env: { ...LAZY, DDC_MEMORY_LIMIT_MB: '1' }, dockerHost: throughProxy,
}, async (stage) => {
	const { ddc, discord } = stage;
	const { overview } = await panels(stage);
	await ddc.waitLog(/memory is full/);
	const refused = async () => (await metrics(ddc))['ddc_work_refused_total{kind="figures"}'];
	const before = asked(stage);
	assert.match(words(await openControlPanel(stage, MAXI, overview, 'web')), /My memory is short/);
	assert.equal(await refused(), 1);
	assert.match(words((await discord.run(JOERG, CONTROL, 'stats', { container: 'web' })).message), /Mein Arbeitsspeicher ist knapp/);
	assert.equal(await refused(), 2);
	assert.equal(asked(stage), before, 'the engine is not asked');
	assert.equal((await metrics(ddc))['ddc_work_refused_total{kind="control"}'], undefined, 'what controls containers never is');
});

scenario('DDC_MAX_CONTAINERS: those in the settings are kept first, and one that finds no room is called so', {
	containers: ['old', { name: 'late', exists: false }], env: { DDC_MAX_CONTAINERS: '1' }, start: false,
}, async (stage) => {
	const { ddc, discord, engine } = stage;
	await engine.run('newer'); // the engine names the newest first
	await ddc.start();
	await ddc.waitHealth();
	const { overview } = await panels(stage);
	await discord.shows(overview, shown('old', ICON.running));
	await discord.shows(overview, shown('late', ICON.missing));
	await ddc.waitLog(/1 containers lie beyond DDC_MAX_CONTAINERS \(1\), none of them in the settings.*: newer$/m);
	await engine.run('late');
	await discord.shows(overview, shown('late', ICON.beyond));
	await ddc.waitLog(/2 containers lie beyond DDC_MAX_CONTAINERS \(1\), 1 of them in the settings.*: late, newer$/m);
	const panel = await openControlPanel(stage, MAXI, overview, 'late');
	assert.match(words(panel), /Beyond DDC_MAX_CONTAINERS[^]*raise that number/);
	assert.match(words((await discord.run(MAXI, CONTROL, 'stop', { container: 'late' })).message), /Beyond DDC_MAX_CONTAINERS[^]*raise that number/);
	await ddc.waitLog(/audit: stop late: refused, .*beyond DDC_MAX_CONTAINERS/);
	assert.match(words((await discord.run(JOERG, CONTROL, 'logs', { container: 'late' })).message), /liegt über DDC_MAX_CONTAINERS hinaus/);
	assert.match(words((await discord.run(MAXI, CONTROL, 'doctor')).message), /❌ 1 containers of my settings lie beyond DDC_MAX_CONTAINERS.*: late\./);
	assert.equal((await engine.state('late')).Running, true);
	await engine.remove('old');
	await discord.shows(overview, shown('late', ICON.running));
	assert.equal((await metrics(ddc))['ddc_beyond_limit{limit="DDC_MAX_CONTAINERS"}'], 1);
	assert.equal(ddc.lines.filter((line) => /lie beyond DDC_MAX_CONTAINERS/.test(line.text)).length, 3);
});

const THREE = [{ id: STATUS, kind: 'status' }, { id: GAMES, kind: 'status' }, { id: CONTROL, kind: 'control' }];

for (const [size, groups] of [['1', 3], ['100', 1]])
	scenario(`DDC_BATCH_UPDATE_SIZE=${size}: three panels are looked at in ${groups}`, { containers: ['web'], channels: THREE, env: { ...LAZY, DDC_BATCH_UPDATE_SIZE: size } }, async (stage) => {
		const { ddc, discord, engine } = stage;
		await panels(stage);
		await discord.panel(GAMES, 'ddc1:pick');
		await sleep(1000);
		const before = await metrics(ddc);
		await engine.stopContainer('web');
		await until('all three are edited', async () => (await metrics(ddc)).ddc_panel_edits_total >= before.ddc_panel_edits_total + 3);
		const after = await metrics(ddc);
		const batches = after.ddc_panel_batches_total - before.ddc_panel_batches_total, edits = after.ddc_panel_edits_total - before.ddc_panel_edits_total;
		assert.ok(groups === 1 ? batches < edits : batches >= edits, `${batches} groups for ${edits} edits`);
	});

for (const [duration, tried] of [['2', true], ['86400', false]])
	scenario(`DDC_DISCORD_CACHE_DURATION=${duration}: a channel that refused ddc is ${tried ? 'tried again soon' : 'left alone for long'}`, { containers: ['web'], start: false, env: { ...LAZY, DDC_DISCORD_CACHE_DURATION: duration } }, async (stage) => {
		const { ddc, discord } = stage;
		const { fault } = await discord.fault('rest', { route: `/channels/${STATUS}/messages`, preset: '50013', times: 0 });
		await ddc.start();
		await ddc.waitHealth();
		await discord.panel(CONTROL, 'ddc1:pick');
		await discord.control(`DELETE /faults/${fault.id}`);
		if (tried)
			await discord.panel(STATUS, 'ddc1:pick', { timeoutMs: 20_000 });
		else
			await sleep(6000);
		assert.equal((await discord.messages(STATUS)).length > 0, tried);
	});

const heap = (ddc) => JSON.parse(ddc.command('memory', '--json').out).now;

scenario('the C library\'s own knobs are set small, and a variable beats that', { containers: [] }, async ({ ddc }, t) => {
	const small = heap(ddc);
	if (small.heap_counted || process.env.ASAN_OPTIONS || /asan/.test(ddc.binary)) {
		t.skip('not with this C library');
		return;
	}
	assert.ok(small.heap_free_bytes < 1 << 20, `${small.heap_free_bytes} bytes in reserve`);
	await ddc.restart({ env: { MALLOC_TOP_PAD_: String(8 << 20) } });
	await ddc.waitHealth();
	assert.ok(heap(ddc).heap_free_bytes > 4 << 20, `${heap(ddc).heap_free_bytes} bytes in reserve, eight megabytes were asked for`);
});
