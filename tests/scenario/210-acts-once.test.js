// An act begins only after Discord has accepted our answer to its interaction, and once: whatever is lost, late or repeated.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { ADA, MAXI, STATUS } from '../lib/world.js';

const CALLBACK = '/interactions/.*/callback';
const SLOW_STOP = 'trap "sleep 3; exit 0" TERM; while :; do sleep 3600 & wait $!; done';

const audit = (stage) => readFileSync(join(stage.folder.logs, 'audit.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const started = async (engine, name) => (await engine.state(name)).StartedAt;

for (const preset of ['10062', '502'])
	scenario(`Discord refuses the answer (${preset}): nothing is touched, no panel shows it, and the record says so`, { containers: ['web'], provokes: ['invalid_requests'] }, async (stage) => {
		const { discord, engine, ddc } = stage;
		const { overview, admin } = await panels(stage);
		await discord.shows(overview, shown('web', ICON.running));
		const before = await started(engine, 'web');
		const mine = await openControlPanel(stage, MAXI, admin, 'web');
		const seq = await discord.lastSeq();
		await discord.fault('rest', { route: CALLBACK, preset, times: 0 });
		await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: false });
		await ddc.waitLog(/restart web: not_done/, { timeoutMs: 20_000 });
		await sleep(1000);
		assert.equal(await started(engine, 'web'), before, 'the container was not touched');
		const edits = (await discord.journal({ kind: 'rest', since: seq, method: 'PATCH' })).filter((e) => JSON.stringify(e).includes(ICON.pending));
		assert.deepEqual(edits, [], 'no panel showed it as under way');
		const last = audit(stage).at(-1);
		assert.deepEqual([last.action, last.target, last.result, last.user_id], ['restart', 'web', 'not_done', MAXI]);
		assert.ok(last.reason, 'with the reason');
		await discord.control('DELETE /faults');
		const again = await openControlPanel(stage, MAXI, admin, 'web');
		await discord.press(MAXI, again, /ddc1:restart:web/);
		await until('restarted', async () => (await started(engine, 'web')) !== before, { timeoutMs: 20_000 });
	});

scenario('the answer arrives and its receipt is lost: it is repeated, and acts once', { containers: ['web'], provokes: ['invalid_requests'] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const before = await started(engine, 'web');
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.fault('rest', { route: CALLBACK, mode: 'drop', when: 'after' });
	await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
	await until('restarted', async () => (await started(engine, 'web')) !== before, { timeoutMs: 20_000 });
	await discord.shows(admin, shown('web', ICON.running), { timeoutMs: 20_000 });
	const once = await started(engine, 'web');
	await sleep(1500);
	assert.equal(await started(engine, 'web'), once);
});

/** Started again after a kill: what Discord replays has been answered by the one that was killed. lost: the first try of each answer
 *  fails, so that "already answered" could be taken for that try. */
async function replay(stage, count, lost) {
	const { discord, ddc } = stage;
	const seq = await discord.lastSeq();
	const { counters } = await discord.counters();
	if (lost)
		await discord.fault('rest', { route: CALLBACK, preset: '502', times: count });
	await ddc.start();
	await ddc.waitHealth();
	await until('resumed', async () => (await discord.counters()).counters.resumes > counters.resumes);
	const refused = async () => (await discord.journal({ kind: 'rest', since: seq })).filter((e) => /callback/.test(e.path) && e.status === 400).length;
	await until('all was replayed, and refused by Discord', async () => await refused() >= count, { timeoutMs: 20_000 });
}

for (const lost of [false, true])
	scenario(`kill -9 right after, then a resume that replays it all${lost ? ', and first tries that fail' : ''}: rights and texts stay as they are`, {
		containers: [{ name: 'web', info: { enabled: true, custom_text: 'old' } }], admins: [MAXI], provokes: ['invalid_requests'],
	}, async (stage) => {
		const { discord, folder: { config } } = stage;
		await panels(stage);
		const file = (name) => JSON.parse(readFileSync(join(config, name), 'utf8'));
		assert.match(words((await discord.run(MAXI, STATUS, 'grant', { who: ADA, may: 'stop', containers: 'web' })).message), /Granted/);
		assert.match(words((await discord.run(MAXI, STATUS, 'revoke', { grant: 'g1' })).message), /Taken back/);
		const card = (await discord.run(MAXI, STATUS, 'info', { container: 'web' })).message;
		for (const text of ['first', 'second'])
			await discord.submit(MAXI, await discord.press(MAXI, card, /📝/), { text, address: '', port: '', enabled: 'x', show: '' });
		const recorded = audit(stage).length;
		await stage.ddc.kill();
		await replay(stage, 7, lost); // two commands, a card, two dialogs opened and sent off
		const changes = /^(grant|revoke|edit info)$/;
		await until('the record says so', () => audit(stage).slice(recorded).filter((r) => changes.test(r.action)).length >= 4);
		await sleep(1000);
		assert.deepEqual(file('ddc_rights.json').grants, [], 'nothing was granted again');
		assert.equal(file('containers/web.json').info.custom_text, 'second');
		assert.deepEqual(audit(stage).slice(recorded).filter((r) => changes.test(r.action)).map((r) => `${r.action} ${r.result}`).sort(),
			['edit info not_done', 'edit info not_done', 'grant not_done', 'revoke refused'], 'g1 is not there any more');
	});

for (const lost of [false, true])
	scenario(`kill -9 in the middle, then a resume that replays the press${lost ? ', and a first try that fails' : ''}: it acts once`, { containers: [{ name: 'web', run: SLOW_STOP }], provokes: ['invalid_requests'] }, async (stage) => {
		const { discord, engine, ddc } = stage;
		const { admin } = await panels(stage);
		const before = await started(engine, 'web');
		const mine = await openControlPanel(stage, MAXI, admin, 'web');
		await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
		await discord.shows(admin, shown('web', ICON.pending));
		await ddc.kill();
		await until('the engine did it all the same', async () => {
			const s = await engine.state('web');
			return s.Status === 'running' && s.StartedAt !== before;
		}, { timeoutMs: 20_000 });
		const once = await started(engine, 'web');
		await replay(stage, 3, lost); // 🛠️, the choice, the press
		await sleep(3000);
		assert.equal(await started(engine, 'web'), once, 'not restarted a second time');
		await discord.shows(admin, shown('web', ICON.running));
		assert.equal(audit(stage).filter((r) => r.action === 'restart' && r.result === 'done').length, 0, 'the first run was killed before its end');
		assert.equal(audit(stage).filter((r) => r.action === 'restart' && r.result === 'not_done').length >= 1, true);
	});

scenario('a bulk confirmation that Discord refuses begins nothing', { containers: ['web', 'db'], provokes: ['invalid_requests'] }, async (stage) => {
	const { discord, engine, ddc } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('db', ICON.running));
	const before = [await started(engine, 'web'), await started(engine, 'db')];
	const question = (await discord.press(MAXI, admin, /ddc1:bulk:restart/)).message;
	await discord.fault('rest', { route: CALLBACK, preset: '10062' });
	await discord.press(MAXI, question, /ddc1:bulkgo/, { wait: false });
	await ddc.waitLog(/bulk_restart : not_done/);
	await sleep(1000);
	assert.deepEqual([await started(engine, 'web'), await started(engine, 'db')], before);
});
